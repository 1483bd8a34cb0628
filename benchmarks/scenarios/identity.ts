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
import { measureLoad, runLoad, throughputMetrics } from '../subjects/throughput.js'

/** Users that are logged in, each with a credential of its own. */
const USERS = 200
const CONNECTIONS = [1, 10, 50, 200]
/** With these all servers are compared, and warmed up. */
const USUAL = 50

export const identity: Scenario = {
  id: 'identity',
  title: 'Who sends this request?',
  question: `What does it cost to know who sends a request? GET ${paths.whoami}, which reads no user.`,
  metrics: throughputMetrics,
  reference: 'bare-koa',
  subjects: (settings) => [
    ...floors.map((it) => subject(it, settings, [USUAL])),
    ...settings.strategies.map((it) => subject(ofStrategy(it), settings, CONNECTIONS)),
    ...instrumented(settings).map((it) => subject(it, settings, [USUAL])),
    ...peers
      .filter(({ id }) => settings.peers.includes(id))
      .map((it) => subject(ofProgram(it, true), settings, [USUAL])),
    ...settings.urls.map((it) => subject(ofUrl(it), settings, [USUAL])),
  ],
}

const floors: readonly IdentityServer[] = [
  ofProgram({ id: 'bare-http', title: 'bare node:http', file: 'floor/bare-http.js' }, false),
  ofProgram({ id: 'bare-koa', title: 'bare Koa', file: 'floor/bare-koa.js' }, false),
]

/** The same servers as `npm start` runs them: they tell of each request, and answer what it cost. */
function instrumented({ strategies }: Settings): IdentityServer[] {
  const defaults = strategies.filter(({ id }) => id === 'session-redis' || id === 'jwt-rotating')
  return defaults.map(({ id }) => {
    const traced = ofStrategy(strategyById(id), { TRACE_EVENTS: 'whole', SERVER_TIMING: 'on' })
    return { ...traced, id: `${id}+traces`, title: `${traced.title}, traced` }
  })
}

function subject(
  server: IdentityServer,
  settings: Settings,
  connections: readonly number[],
): Subject {
  const counts = settings.quick ? connections.filter((it) => it === USUAL) : connections
  return {
    id: server.id,
    title: server.title,
    conditions: counts.map((it) => ({ connections: it })),
    takes: { open: 1.5 + settings.warmUpRequests / 5_000, measure: settings.seconds + 0.1 },
    open: (bench) => open(server, bench),
  }
}

async function open(server: IdentityServer, bench: Bench): Promise<Opened> {
  const started = await server.start(bench)
  try {
    const requests = await started.whileAlive(requestsOf(started, server, USERS))
    const { seconds, warmUpRequests: amount } = bench.settings
    await runLoad(bench, started, { requests, connections: USUAL, seconds, amount })
    return {
      measure: (condition: Condition) =>
        measureLoad(bench, started, {
          requests,
          connections: Number(condition['connections']),
          seconds,
        }),
      close: () => started.stop(),
    }
  } catch (error) {
    await started.stop()
    throw error
  }
}
