import { assumptions, type Need, needOf, type ScaleRecord, type StrategyFacts } from './need.js'

/** What somebody who has to choose knows of their own service. */
export interface Figures {
  readonly users: number
  /** Of all users, those who come on a day: 0 to 1. */
  readonly activeShare: number
  /** On which each of them logs in once a day. */
  readonly devices: number
  /** With a credential, of each of them on a day. */
  readonly requestsPerDay: number
  readonly minutesOfUse: number
  /** After this many seconds a copy of a credential must be worthless when its user has logged out. */
  readonly logoutSeconds: number
  readonly loginHours: number
  /** Whether more than one process of the server is to answer. */
  readonly severalInstances: boolean
  /** Whether users are to see their devices, and end one. */
  readonly seesDevices: boolean
}

/** What is filled in before anybody has said anything. */
export const USUAL_FIGURES: Figures = {
  users: 100_000,
  activeShare: assumptions.activeShare,
  devices: assumptions.loginsPerDay,
  requestsPerDay: assumptions.requestsPerDay,
  minutesOfUse: assumptions.minutesOfUse,
  logoutSeconds: 60,
  loginHours: assumptions.loginHours,
  severalInstances: true,
  seesDevices: true,
}

/** A strategy under these figures. */
export interface Choice {
  readonly facts: ChoiceFacts
  readonly need: Need
  /** For so many seconds a copy of the credential still works after logout. */
  readonly endsAfterSeconds: number
  /** How long access tokens have to live, where that is what ends them. */
  readonly accessSeconds: number | undefined
  /** What is asked for and this strategy does not give; empty if it fits. */
  readonly objections: readonly string[]
}

/** As docs/contract/strategies.json tells. */
export interface ChoiceFacts extends StrategyFacts {
  readonly seen: StrategyFacts['seen'] & {
    readonly afterLogout: string
    readonly secondInstance: string
    readonly devices: boolean
  }
}

/** The default of the servers here. */
const USUAL_ACCESS_SECONDS = 300
/** A token has its times in whole seconds. */
const SHORTEST_ACCESS_SECONDS = 1

/** Those that fit first; among them, those that ask the stores least. */
export function choicesOf(
  figures: Figures,
  strategies: readonly ChoiceFacts[],
  record: ScaleRecord,
): Choice[] {
  return strategies
    .map((facts) => choiceOf(figures, facts, record))
    .toSorted((a, b) => a.objections.length - b.objections.length || asked(a) - asked(b))
}

function choiceOf(figures: Figures, facts: ChoiceFacts, record: ScaleRecord): Choice {
  const accessSeconds = shortenedAccess(figures, facts)
  const need = needOf(figures.users, facts, record, {
    ...assumptions,
    activeShare: figures.activeShare,
    loginsPerDay: figures.devices,
    loginHours: figures.loginHours,
    requestsPerDay: figures.requestsPerDay,
    minutesOfUse: figures.minutesOfUse,
    renewEveryMinutes: renewEverySeconds(figures, accessSeconds ?? USUAL_ACCESS_SECONDS) / 60,
  })
  const endsAfterSeconds =
    facts.seen.afterLogout === 'dead-at-once' ? 0 : (accessSeconds ?? figures.loginHours * 3_600)
  return {
    facts,
    need,
    accessSeconds,
    endsAfterSeconds,
    objections: objectionsTo(figures, facts, endsAfterSeconds),
  }
}

/**
 * Where a logout ends the refresh token and nobody looks up access tokens, these live as long as a logout may
 * take, and no longer.
 */
function shortenedAccess(
  { logoutSeconds }: Figures,
  { server, seen }: ChoiceFacts,
): number | undefined {
  const isKept = seen.stateIn === 'redis' || seen.stateIn === 'postgres'
  if (server !== 'jwt' || !isKept || seen.afterLogout === 'dead-at-once') return undefined
  return Math.max(SHORTEST_ACCESS_SECONDS, Math.min(USUAL_ACCESS_SECONDS, logoutSeconds))
}

/** Nobody renews oftener than they ask. */
function renewEverySeconds({ minutesOfUse, requestsPerDay }: Figures, life: number): number {
  return Math.max(life, (minutesOfUse * 60) / Math.max(1, requestsPerDay))
}

function objectionsTo(
  { logoutSeconds, severalInstances, seesDevices }: Figures,
  { seen }: ChoiceFacts,
  endsAfterSeconds: number,
): string[] {
  return [
    ...(endsAfterSeconds > logoutSeconds ? ['a logout takes too long'] : []),
    ...(severalInstances && seen.secondInstance !== 'knows-it'
      ? ['a second instance does not know the login']
      : []),
    ...(seesDevices && !seen.devices ? ['no list of devices'] : []),
  ]
}

function asked({ need }: Choice): number {
  return need.redisCommandsPerSecond + need.sqlPerSecond
}
