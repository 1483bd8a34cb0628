import type { MovableClock } from '../../movable-clock.js'
import type { Promises, ServerKind, Strategy, StrategyId } from '@session-vs-jwt/workbench'

/** A server that the suite is run against. */
export interface Target {
  readonly url: string
  /** Which credential it hands out: a cookie, or tokens. */
  readonly server: ServerKind
  /** It is held to the promises of one of these. */
  readonly strategies: readonly Strategy[]
  /** Milliseconds that an answer may take. */
  readonly withinMs?: number
  /** Undefined for a server that somebody else runs. */
  readonly control?: Control
  /** For a server in this process, whose work can be counted. */
  readonly hashingOf?: HashingOf
}

/** The rounds of password hashing that this process does because of `work`. */
export type HashingOf = (work: () => Promise<void>) => Promise<number>

/** What can be done to a server that the tests start themselves. */
export interface Control {
  /** Another process of the same server: same stores and secrets, other settings where they are given. */
  start(options?: InstanceOptions): Promise<Instance>
  /** Several instances behind a balancer; undefined where the tests have none. */
  startSeveral?(): Promise<Several>
  /** Settings with an RSA key for each kind of token. */
  asymmetricKeys(): Readonly<Record<string, string>>
  /** Where the login of a user is kept: the rows and keys that name it. */
  stateOf(userId: string): Promise<{ readonly redis: number; readonly postgres: number }>
}

/** Instances at one address. */
export interface Several {
  readonly url: string
  /** Replaces all of them, one after the other. */
  rollingRestart(): Promise<void>
  stop(): Promise<void>
}

export interface InstanceOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The clock of another instance, to share it. */
  readonly clock?: MovableClock
  /** A Redis of its own, to be stopped. */
  readonly ownRedis?: true
}

export interface Instance {
  readonly url: string
  readonly clock: MovableClock
  /** With `ownRedis`: ends that Redis, and returns when it is gone. */
  stopRedis(): Promise<void>
  stop(): Promise<void>
}

/** What the strategies allow, one value for each that differs. */
export function allowed<Key extends keyof Promises>(
  { strategies }: Pick<Target, 'strategies'>,
  key: Key,
): readonly Promises[Key][] {
  return [...new Set(strategies.map(({ promises }) => promises[key]))]
}

/** The strategies' names, for a sentence. */
export function namesOf(strategies: readonly { readonly id: StrategyId }[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(strategies.map(({ id }) => id))
}
