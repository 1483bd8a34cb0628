import { createHash } from 'node:crypto'
import type { AttackControl } from '../src/attacker.js'
import { type HashString, parseHash } from '../src/hash-string.js'

export function target(text: string): HashString {
  const hash = parseHash(text)
  if (!hash) throw new Error(`no hash: ${text}`)
  return hash
}

export function digestHex(hash: string, ...parts: (string | Uint8Array)[]): string {
  const bytes = parts.map((it) => Buffer.from(it))
  return createHash(hash).update(Buffer.concat(bytes)).digest('hex')
}

export interface Recorded extends AttackControl {
  /** `target:password`. */
  readonly found: string[]
  guesses: number
}

/** Notes what an attack finds; stops it after so many guesses. */
export function recorded(targets: number, stopAfter = Infinity): Recorded {
  const record: Recorded = {
    cracked: new Uint8Array(targets),
    found: [],
    guesses: 0,
    shouldStop: () => record.guesses >= stopAfter,
    onGuesses: (count) => (record.guesses += count),
    onFound: (position, password) =>
      record.found.push(`${position}:${Buffer.from(password).toString()}`),
  }
  return record
}
