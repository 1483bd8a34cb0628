import { paths } from '@session-vs-jwt/http-kit'
import { strategyById } from '@session-vs-jwt/workbench'
import { peers } from '../peers/peers.js'
import type { Bench } from '../runner/bench.js'
import type { Condition, Opened, Scenario, Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import {
  type IdentityServer,
  ofProgram,
  ofStrategy,
  ofUrl,
  requestsOf,
} from '../subjects/identity-server.js'
import { openServer, warmUp } from '../subjects/loaded-server.js'
import { newTokenRequests } from '../subjects/mint-tokens.js'
import { measureLoad, throughputMetrics } from '../subjects/throughput.js'

/** Users that are logged in, each with a credential of its own. */
const USERS = 100
/** With these all servers are compared, and warmed up. */
const USUAL = 50
/** Requests a second, within what every server here can do. */
const RATE = 500
/** More than a second's load uses up: the server sees each for the first time. */
const NEW_TOKENS = 20_000

const USUAL_LOAD: Condition = { connections: USUAL }
const EVERY_LOAD: readonly Condition[] = [
  { connections: 1 },
  { connections: 10 },
  USUAL_LOAD,
  { connections: 200 },
  { connections: USUAL, 'a second': RATE },
]

export const identity: Scenario = {
  id: 'identity',
  title: 'Who sends this request?',
  question: `What does it cost to know who sends a request? GET ${paths.whoami}, which reads no user.`,
  metrics: throughputMetrics,
  reference: 'bare-koa',
  subjects: (settings) => [
    ...floors.map((it) => subject(it, settings)),
    ...settings.strategies.map((it) => subject(ofStrategy(it), settings, EVERY_LOAD)),
    ...variants(settings).map((it) => subject(it, settings)),
    ...peers
      .filter(({ id }) => settings.peers.includes(id))
      .map((it) => subject(ofProgram(it, true), settings)),
    ...settings.urls.map((it) => subject(ofUrl(it), settings)),
  ],
}

const floors: readonly IdentityServer[] = [
  ofProgram({ id: 'bare-http', title: 'bare node:http', file: 'floor/bare-http.js' }, false),
  ofProgram({ id: 'bare-koa', title: 'bare Koa', file: 'floor/bare-koa.js' }, false),
]

/**
 * The two defaults as `npm start` runs them: they tell of each request, and answer what it cost. And a
 * server that sees each token for the first time, so that nothing it remembers of one is of use.
 */
function variants({ strategies }: Settings): IdentityServer[] {
  const has = (id: string): boolean => strategies.some((it) => it.id === id)
  const traced = (['session-redis', 'jwt-rotating'] as const).filter(has).map((id) => {
    const server = ofStrategy(strategyById(id), { TRACE_EVENTS: 'whole', SERVER_TIMING: 'on' })
    return { ...server, id: `${id}+traces`, title: `${server.title}, with instruments` }
  })
  if (!has('jwt-rotating')) return traced
  const rotating = ofStrategy(strategyById('jwt-rotating'))
  const title = `${rotating.title}, each token seen for the first time`
  return [...traced, { ...rotating, id: 'jwt-rotating+new-tokens', title }]
}

function subject(
  server: IdentityServer,
  settings: Settings,
  loads: readonly Condition[] = [USUAL_LOAD],
): Subject {
  return {
    id: server.id,
    title: server.title,
    conditions: settings.quick ? [USUAL_LOAD] : loads,
    takes: {
      open: 1 + settings.warmUpRequests / 4_000,
      measure: settings.seconds + 0.1,
    },
    open: (bench) => open(server, bench),
  }
}

async function open(server: IdentityServer, bench: Bench): Promise<Opened> {
  const { seconds, quick } = bench.settings
  return openServer({
    start: () => server.start(bench),
    prepare: async (started) => {
      const requests = await requestsOf(started, server, quick ? 20 : USERS)
      await warmUp(bench, started, requests, USUAL)
      if (!server.id.endsWith('+new-tokens')) return requests
      return newTokenRequests(bench, started, quick ? 2_000 : NEW_TOKENS)
    },
    measure: async (started, requests, condition) =>
      measureLoad(bench, started, {
        requests,
        connections: Number(condition['connections']),
        seconds,
        ...(condition['a second'] !== undefined && { rate: Number(condition['a second']) }),
      }),
  })
}
