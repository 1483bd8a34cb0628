import { binaryText, fromHexNotation } from './bytes.js'
import { type Ending, endingOf, NO_ENDING } from './kernel/message-slots.js'
import { MAX_WORD_BYTES, type Operation, type Rule } from './mangling-rules.js'

const NEWLINE = 10
const CARRIAGE_RETURN = 13
const [DOLLAR, CLOSING_BRACKET] = [0x24, 0x5d]
const LONGEST_HEX_WORD = '$HEX[]'.length + 2 * MAX_WORD_BYTES

/**
 * Gets each guess as bytes `start` to `end` of a buffer that is used again for the next one, and what
 * comes behind them. Gives back whether it wants more.
 */
export type Visit = (view: DataView, start: number, end: number, ending: Ending) => boolean

/** Rules that differ in what they append last. */
interface RuleFamily {
  readonly body: Operation | undefined
  readonly endings: readonly Ending[]
}

/**
 * The guesses from a part of a word list, whole lines, each word changed by each rule. Where a rule
 * leaves a word as it is, the rule without it makes that guess; words over 256 bytes make none. A word written as
 * `$HEX[…]` is the bytes that it stands for, as in hashcat.
 */
export class CandidateSource {
  /** Words over 256 bytes, met so far. */
  skippedWords = 0
  readonly #families: readonly RuleFamily[]
  readonly #changed = new Uint8Array(MAX_WORD_BYTES)
  readonly #changedView = new DataView(this.#changed.buffer)

  /** Without rules, the words themselves. */
  constructor(rules: readonly Rule[]) {
    this.#families =
      rules.length === 0 ? [{ body: undefined, endings: [NO_ENDING] }] : families(rules)
  }

  visit(words: Uint8Array, visit: Visit): void {
    const view = viewOf(words)
    const end = words.length
    for (let start = 0; start < end;) {
      let stop = start
      while (stop < end && words[stop] !== NEWLINE) stop += 1
      const last = stop > start && words[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop
      const hexWord = bytesOfHexWord(words, start, last)
      const wantsMore = hexWord
        ? this.#tryWord(hexWord, viewOf(hexWord), 0, hexWord.length, visit)
        : this.#tryWord(words, view, start, last, visit)
      if (!wantsMore) return
      start = stop + 1
    }
  }

  #tryWord(words: Uint8Array, view: DataView, start: number, end: number, visit: Visit): boolean {
    if (end === start) return true
    if (end - start <= MAX_WORD_BYTES) return this.#visitWord(words, view, start, end, visit)
    this.skippedWords += 1
    return true
  }

  #visitWord(words: Uint8Array, view: DataView, start: number, end: number, visit: Visit): boolean {
    for (const { body, endings } of this.#families) {
      if (body === undefined) {
        if (!visitEndings(endings, view, start, end, visit)) return false
        continue
      }
      const length = this.#change(body, words, start, end)
      if (isSame(this.#changed, length, words, start, end)) continue
      if (!visitEndings(endings, this.#changedView, 0, length, visit)) return false
    }
    return true
  }

  #change(body: Operation, words: Uint8Array, start: number, end: number): number {
    for (let i = start; i < end; i += 1) this.#changed[i - start] = words[i] as number
    return body(this.#changed, end - start)
  }
}

function viewOf(words: Uint8Array): DataView {
  return new DataView(words.buffer, words.byteOffset, words.byteLength)
}

function bytesOfHexWord(words: Uint8Array, start: number, end: number): Uint8Array | undefined {
  // Nearly no word begins like that, and this runs for every word.
  if (words[start] !== DOLLAR || words[end - 1] !== CLOSING_BRACKET) return undefined
  if (end - start > LONGEST_HEX_WORD) return undefined
  return fromHexNotation(binaryText(words.subarray(start, end)))
}

function visitEndings(
  endings: readonly Ending[],
  view: DataView,
  start: number,
  end: number,
  visit: Visit,
): boolean {
  for (const ending of endings) {
    const length = end - start + ending.bytes.length
    if (length > 0 && length <= MAX_WORD_BYTES && !visit(view, start, end, ending)) return false
  }
  return true
}

function families(rules: readonly Rule[]): RuleFamily[] {
  const byBody = new Map<string, { body: Operation | undefined; endings: Ending[] }>()
  for (const { bodyText, body, ending } of rules) {
    const family = byBody.get(bodyText) ?? { body: bodyText ? body : undefined, endings: [] }
    family.endings.push(endingOf(ending))
    byBody.set(bodyText, family)
  }
  return [...byBody.values()]
}

/** A guess in a buffer of its own. */
export function guessBytes(
  view: DataView,
  start: number,
  end: number,
  { bytes }: Ending,
): Uint8Array<ArrayBuffer> {
  const guess = new Uint8Array(end - start + bytes.length)
  guess.set(new Uint8Array(view.buffer, view.byteOffset + start, end - start))
  guess.set(bytes, end - start)
  return guess
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
