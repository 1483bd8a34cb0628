import { MAX_WORD_BYTES, type Operation, type Rule } from './mangling-rules.js'

const NEWLINE = 10
const CARRIAGE_RETURN = 13

/**
 * Gets each guess as bytes of a buffer that is used again for the next one. Gives back whether it wants
 * more of them.
 */
export type Visit = (buffer: Uint8Array, start: number, end: number) => boolean

/** Rules that differ in what they append last. */
interface RuleFamily {
  readonly body: Operation | undefined
  readonly endings: readonly Uint8Array[]
}

/**
 * The guesses from a part of a word list, whole lines, each word changed by each rule. Where a rule
 * leaves a word as it is, the rule without it makes that guess; words over 256 bytes make none.
 */
export class CandidateSource {
  /** Words over 256 bytes, met so far. */
  skippedWords = 0
  readonly #families: readonly RuleFamily[]
  readonly #scratch = new Uint8Array(2 * MAX_WORD_BYTES)

  /** Without rules, the words themselves. */
  constructor(rules: readonly Rule[]) {
    this.#families = rules.length === 0 ? [{ body: undefined, endings: [] }] : families(rules)
  }

  visit(words: Uint8Array, visit: Visit): void {
    const end = words.length
    for (let start = 0; start < end;) {
      let stop = start
      while (stop < end && words[stop] !== NEWLINE) stop += 1
      const last = stop > start && words[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop
      if (last - start > MAX_WORD_BYTES) this.skippedWords += 1
      else if (last > start && !this.#visitWord(words, start, last, visit)) return
      start = stop + 1
    }
  }

  #visitWord(words: Uint8Array, start: number, end: number, visit: Visit): boolean {
    for (const { body, endings } of this.#families) {
      if (!body && endings.length === 0) {
        if (!visit(words, start, end)) return false
        continue
      }
      const length = this.#copy(words, start, end)
      const changed = body ? body(this.#scratch, length) : length
      if (body && isSame(this.#scratch, changed, words, start, end)) continue
      if (!this.#visitEndings(endings, changed, visit)) return false
    }
    return true
  }

  #copy(words: Uint8Array, start: number, end: number): number {
    for (let i = start; i < end; i += 1) this.#scratch[i - start] = words[i] as number
    return end - start
  }

  #visitEndings(endings: readonly Uint8Array[], length: number, visit: Visit): boolean {
    const scratch = this.#scratch
    for (const ending of endings) {
      for (let i = 0; i < ending.length; i += 1) scratch[length + i] = ending[i] as number
      const end = length + ending.length
      if (end > 0 && end <= MAX_WORD_BYTES && !visit(scratch, 0, end)) return false
    }
    return true
  }
}

function families(rules: readonly Rule[]): RuleFamily[] {
  const byBody = new Map<string, { body: Operation | undefined; endings: Uint8Array[] }>()
  for (const { bodyText, body, ending } of rules) {
    const family = byBody.get(bodyText) ?? { body: bodyText ? body : undefined, endings: [] }
    family.endings.push(ending)
    byBody.set(bodyText, family)
  }
  return [...byBody.values()]
}

function isSame(
  scratch: Uint8Array,
  length: number,
  words: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (length !== end - start) return false
  for (let i = 0; i < length; i += 1) if (scratch[i] !== words[start + i]) return false
  return true
}
