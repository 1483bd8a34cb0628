import type { Strategy } from '@session-vs-jwt/workbench'

/** How much is measured. */
export interface Settings {
  readonly rounds: number
  /** Seconds that one measurement of throughput takes. */
  readonly seconds: number
  /** Requests under load before that, with which nothing is done: after them, code is compiled. */
  readonly warmUpRequests: number
  /** Decides in which order things are measured. */
  readonly seed: number
  /** Little of everything, to see that it works. */
  readonly quick: boolean
  /** Only what the targets of `identity` are about. */
  readonly check: boolean
  readonly strategies: readonly Strategy[]
  /** Ids of servers by others that are measured too. */
  readonly peers: readonly string[]
  /** Servers that the reader has started. */
  readonly urls: readonly string[]
}
