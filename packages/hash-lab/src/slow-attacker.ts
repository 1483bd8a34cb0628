import type { AttackControl, Attacker, TimeSpent } from './attacker.js'
import { CandidateSource, guessBytes } from './candidates.js'
import type { HashString } from './hash-string.js'
import type { Rule } from './mangling-rules.js'
import type { SlowHashes } from './slow-hashes.js'

const NEWLINE = 10

interface SlowAttack {
  readonly targets: readonly HashString[]
  readonly rules: readonly Rule[]
  readonly hashes: SlowHashes
  readonly control: AttackControl
}

/** Tries guesses one by one: each target has a salt of its own, so nothing is shared. */
export class SlowAttacker implements Attacker {
  readonly spent: TimeSpent = { guessing: 0, hashing: 0, comparing: 0 }
  readonly #attack: SlowAttack
  readonly #source: CandidateSource

  constructor(attack: SlowAttack) {
    this.#attack = attack
    this.#source = new CandidateSource(attack.rules)
  }

  get groups(): number {
    return this.#attack.targets.length
  }

  get skippedWords(): number {
    return this.#source.skippedWords
  }

  async tryWords(words: Uint8Array, from: number, to: number): Promise<boolean> {
    for (let start = 0; start < words.length;) {
      const newline = words.indexOf(NEWLINE, start)
      const end = newline === -1 ? words.length : newline
      for (const guess of this.#guesses(words.subarray(start, end))) {
        if (!(await this.#tryGuess(guess, from, to))) return false
      }
      start = end + 1
    }
    return true
  }

  /** Each once: a guess that costs a quarter of a second is not made twice. */
  #guesses(word: Uint8Array): Iterable<Uint8Array> {
    const startedAt = performance.now()
    const guesses = new Map<string, Uint8Array>()
    this.#source.visit(word, (...place) => {
      const guess = guessBytes(...place)
      guesses.set(String.fromCharCode(...guess), guess)
      return true
    })
    this.spent.guessing += performance.now() - startedAt
    return guesses.values()
  }

  async #tryGuess(guess: Uint8Array, from: number, to: number): Promise<boolean> {
    const { targets, hashes, control } = this.#attack
    for (let target = from; target < to; target += 1) {
      const hash = targets[target]
      if (!hash || control.cracked[target] === 1) continue
      if (control.shouldStop()) return false
      const startedAt = performance.now()
      const answer = hashes.verify(hash, guess)
      const matches = typeof answer === 'boolean' ? answer : await answer
      this.spent.hashing += performance.now() - startedAt
      control.onGuesses(1)
      if (!matches) continue
      control.cracked[target] = 1
      control.onFound(target, guess)
    }
    return true
  }
}
