import { paths } from '@session-vs-jwt/http-contract'
import { type Condition, eachWith, type Scenario, type Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { type IdentityServer, ofStrategy, ofUrl, requestsOf } from '../subjects/identity-server.js'
import { openServer } from '../subjects/loaded-server.js'
import { measureLoad, throughputMetrics } from '../subjects/throughput.js'
import { comparedWarmUp } from '../subjects/warm-load.js'

const USERS = 100
const CONNECTIONS = 50
const LOAD: Condition = { connections: CONNECTIONS }

/** What is looked up besides the user: nothing, or a session in PostgreSQL. */
const COMPARED = ['session-postgres', 'jwt-rotating']

export const profile: Scenario = {
  id: 'profile',
  title: 'A request that reads the user',
  question: `What is left of the difference where the user is read anyway? GET ${paths.me}.`,
  metrics: throughputMetrics,
  reference: 'session-redis',
  comparisons: () => eachWith('session-redis', COMPARED, { metric: 'cpu', condition: LOAD }),
  subjects: (settings) =>
    [...settings.strategies.map((it) => ofStrategy(it)), ...settings.urls.map(ofUrl)].map((it) =>
      subject(it, settings),
    ),
}

function subject(server: IdentityServer, settings: Settings): Subject {
  return {
    id: server.id,
    title: server.title,
    conditions: [LOAD],
    takes: { open: 1 + comparedWarmUp(settings) / 3_000, measure: settings.seconds + 0.3 },
    open: (bench) =>
      openServer({
        start: () => server.start(bench),
        prepare: async (started) => {
          const users = settings.quick ? 20 : USERS
          return requestsOf(started, server, users, 'me')
        },
        measure: async (started, requests) =>
          measureLoad(bench, started, {
            requests: () => requests,
            warmUpRequests: comparedWarmUp(settings),
            connections: CONNECTIONS,
            seconds: settings.seconds,
            awake: true,
          }),
      }),
  }
}
