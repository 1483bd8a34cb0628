import { paths } from '@session-vs-jwt/http-kit'
import { type Condition, eachWith, type Scenario, type Subject } from '../runner/scenario.js'
import { MOST_COMPARISONS } from '../statistics/difference.js'
import type { Settings } from '../runner/settings.js'
import { type IdentityServer, ofStrategy, ofUrl, requestsOf } from '../subjects/identity-server.js'
import { openServer } from '../subjects/loaded-server.js'
import { measureLoad, throughputMetrics } from '../subjects/throughput.js'

const USERS = 100
const CONNECTIONS = 50
const LOAD: Condition = { connections: CONNECTIONS }

export const profile: Scenario = {
  id: 'profile',
  title: 'A request that reads the user',
  question: `What is left of the difference where the user is read anyway? GET ${paths.me}.`,
  metrics: throughputMetrics,
  reference: 'session-redis',
  comparisons: ({ strategies, urls }) =>
    eachWith('session-redis', [...urls, ...strategies.map(({ id }) => id)], {
      metric: 'cpu',
      condition: LOAD,
    }).slice(0, MOST_COMPARISONS),
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
    takes: { open: 1 + settings.warmUpRequests / 3_000, measure: settings.seconds + 0.1 },
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
            connections: CONNECTIONS,
            seconds: settings.seconds,
            awake: true,
          }),
      }),
  }
}
