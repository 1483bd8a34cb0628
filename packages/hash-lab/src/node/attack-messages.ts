import type { TimeSpent } from '../attacker.js'
import type { HashString } from '../hash-string.js'
import type { Unit } from './unit-plan.js'
import type { WordList } from './word-list.js'

/** What a thread gets when it starts. */
export interface AttackJob {
  readonly thread: number
  readonly targets: readonly HashString[]
  /** As text: functions do not travel between threads. */
  readonly rules: readonly string[]
  readonly list: WordList
  readonly shared: SharedState
}

/** What all threads see at once. */
export interface SharedState {
  /** An Int32: 1 asks the threads to stop. */
  readonly stop: SharedArrayBuffer
  /** A Float64 for each thread: its guesses so far. */
  readonly guesses: SharedArrayBuffer
  /** A byte for each target: 1 once its password is known. */
  readonly cracked: SharedArrayBuffer
}

export type ThreadMessage =
  | { readonly type: 'ready'; readonly groups: number }
  | { readonly type: 'found'; readonly target: number; readonly password: Uint8Array }
  | {
      readonly type: 'done'
      readonly unit: Unit
      readonly isComplete: boolean
      readonly report: ThreadReport
    }

/** Of a thread since it started. */
export interface ThreadReport {
  readonly spent: TimeSpent & { readonly reading: number }
  readonly skippedWords: number
}
