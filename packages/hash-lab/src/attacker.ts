/** What an attack tells, and is told, while it runs. */
export interface AttackControl {
  /** For each target 1 when its password is known: nobody tries it any more. */
  readonly cracked: Uint8Array
  /** Looked at after each guess of a slow hash, and after each thousand of a fast one. */
  readonly shouldStop: () => boolean
  readonly onGuesses: (count: number) => void
  readonly onFound: (target: number, password: Uint8Array) => void
}

/** Where the time of an attack went, in milliseconds. */
export interface TimeSpent {
  /** Making guesses: words, rules, messages. */
  guessing: number
  hashing: number
  /** Comparing with the targets. */
  comparing: number
}

/** Tries guesses against the targets of one scheme. */
export interface Attacker {
  /**
   * Targets that share their work are a group: all of them where there is no salt, the users of one
   * salt where there is.
   */
  readonly groups: number
  readonly spent: TimeSpent
  /** Words that were too long to be tried. */
  readonly skippedWords: number
  /**
   * Tries the words, whole lines, with all rules, against the groups `from` to `to`.
   *
   * @returns false if it was stopped before it was done
   */
  tryWords(words: Uint8Array, from: number, to: number): Promise<boolean>
}
