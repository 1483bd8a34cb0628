import { paths } from '@session-vs-jwt/http-contract'
import { strategyById } from '@session-vs-jwt/workbench'
import { peers } from '../peers/peers.js'
import { identityTargets } from '../report/targets.js'
import type { Bench } from '../runner/bench.js'
import {
  type Comparison,
  type Condition,
  eachWith,
  type Opened,
  type Scenario,
  type Subject,
} from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import {
  type IdentityServer,
  ofProgram,
  ofStrategy,
  ofUrl,
  requestsOf,
} from '../subjects/identity-server.js'
import { openServer } from '../subjects/loaded-server.js'
import { newTokenRequests } from '../subjects/mint-tokens.js'
import { measureLoad, throughputMetrics } from '../subjects/throughput.js'
import { comparedWarmUp, type Load } from '../subjects/warm-load.js'

/** Users that are logged in, each with a credential of its own. */
const USERS = 100
/** With these all servers are compared, and warmed up first. */
const USUAL = 50
/** In the id of a server that sees each token for the first time. */
const NEW_TOKENS = '+new-tokens'
/** In the id of a server that verifies each token once. The others verify it on every request. */
const REMEMBERS = '+remember-verified'
/** Requests a second, within what every server here can do. */
const RATE = 500
/** The thousand answers that 99 of 100 needs. */
const PACED_SECONDS = 2

const USUAL_LOAD: Condition = { connections: USUAL }
const EVERY_LOAD: readonly Condition[] = [
  USUAL_LOAD,
  { connections: 1 },
  { connections: 10 },
  { connections: 200 },
  { connections: USUAL, 'a second': RATE },
]

export const identity: Scenario = {
  id: 'identity',
  title: 'Who sends this request?',
  question: `What does it cost to know who sends a request? GET ${paths.whoami}, which reads no user.`,
  metrics: throughputMetrics,
  reference: 'bare-koa',
  comparisons: compared,
  subjects: (settings) => {
    const servers = [
      ...floors,
      ...settings.strategies.map((it) => ofStrategy(it)),
      ...variants(settings),
      ...peers.filter((it) => isAsked(it, settings)).map((it) => ofProgram(it, true)),
      ...settings.urls.map((it) => ofUrl(it)),
    ]
    const chosen = settings.check ? servers.filter(({ id }) => HAS_TARGET.has(id)) : servers
    return chosen.map((it) => subject(it, settings))
  },
}

/** What strategies cost on top of bare Koa, who costs more, and what it costs to watch them; or the targets. */
function compared({ check, strategies }: Settings): Comparison[] {
  const usual = { metric: 'cpu', condition: USUAL_LOAD }
  if (check) return identityTargets.flatMap((it) => eachWith(it.reference, [it.subject], usual))
  return [
    ...eachWith('session-redis', ['jwt-rotating'], usual),
    ...eachWith(
      'bare-koa',
      strategies.map(({ id }) => id),
      usual,
    ),
    ...eachWith('session-redis', ['session-redis+timing'], usual),
    ...eachWith('jwt-rotating', ['jwt-rotating+timing'], usual),
  ]
}

/** The subjects of targets, and those that they are compared with. */
const HAS_TARGET: ReadonlySet<string> = new Set(
  identityTargets.flatMap((it) => [it.subject, it.reference]),
)

/** Chosen by the reader, or named by a target. */
function isAsked({ id }: { readonly id: string }, { peers: chosen, check }: Settings): boolean {
  return chosen.includes(id) || (check && HAS_TARGET.has(id))
}

const floors: readonly IdentityServer[] = [
  ofProgram({ id: 'bare-http', title: 'bare node:http', file: 'floor/bare-http.js' }, false),
  ofProgram({ id: 'bare-koa', title: 'bare Koa', file: 'floor/bare-koa.js' }, false),
]

/** The two defaults with instruments: answers tell what they cost; and that is told to the workbench too. */
const INSTRUMENTS: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['timing', 'with Server-Timing', { SERVER_TIMING: 'on' }],
  ['traces', 'as npm start runs it', { SERVER_TIMING: 'on', TRACE_EVENTS: 'whole' }],
]

/**
 * The defaults with their instruments on. And the JWT server twice more: with tokens that are all new to it,
 * which shows that it remembers none; and with the setting that makes it remember verified tokens.
 */
function variants({ strategies }: Settings): IdentityServer[] {
  const has = (id: string): boolean => strategies.some((it) => it.id === id)
  const watched = (['session-redis', 'jwt-rotating'] as const).filter(has).flatMap((id) =>
    INSTRUMENTS.map(([name, how, env]) => {
      const server = ofStrategy(strategyById(id), env)
      return { ...server, id: `${id}+${name}`, title: `${server.title}, ${how}` }
    }),
  )
  if (!has('jwt-rotating')) return watched
  const rotating = ofStrategy(strategyById('jwt-rotating'))
  const remembers = ofStrategy(strategyById('jwt-rotating'), { JWT_REMEMBER_VERIFIED: 'on' })
  const { id, title } = rotating
  return [
    ...watched,
    {
      ...rotating,
      id: `${id}${NEW_TOKENS}`,
      title: `${title}, each token seen for the first time`,
    },
    { ...remembers, id: `${id}${REMEMBERS}`, title: `${title}, each token verified once` },
  ]
}

/** Strategies at every load; what they are compared with, and the checks of targets, at one. */
function subject(server: IdentityServer, settings: Settings): Subject {
  const { quick, check, strategies, seconds } = settings
  const isStrategy = strategies.some(({ id }) => id === server.id)
  return {
    id: server.id,
    title: server.title,
    conditions: isStrategy && !quick && !check ? EVERY_LOAD : [USUAL_LOAD],
    takes: { open: 1 + comparedWarmUp(settings) / 4_000, measure: seconds + 0.3 },
    open: (bench) => open(server, bench),
  }
}

async function open(server: IdentityServer, bench: Bench): Promise<Opened> {
  const { seconds, quick } = bench.settings
  return openServer({
    start: () => server.start(bench),
    prepare: async (started): Promise<Pick<Load, 'requests' | 'neverTwice'>> => {
      if (server.id.endsWith(NEW_TOKENS)) {
        return { requests: (count) => newTokenRequests(bench, started, count), neverTwice: true }
      }
      const requests = await requestsOf(started, server, quick ? 20 : USERS)
      return { requests: () => requests }
    },
    measure: async (started, requests, condition) =>
      measureLoad(bench, started, {
        ...requests,
        warmUpRequests: comparedWarmUp(bench.settings),
        connections: Number(condition['connections']),
        ...(condition['a second'] === undefined
          ? { seconds, awake: true }
          : { seconds: Math.max(seconds, PACED_SECONDS), rate: RATE }),
      }),
  })
}
