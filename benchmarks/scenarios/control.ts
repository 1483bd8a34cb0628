import { paths } from '@session-vs-jwt/http-contract'
import { strategyById } from '@session-vs-jwt/workbench'
import { type Condition, eachWith, type Scenario } from '../runner/scenario.js'
import { ofStrategy, requestsOf } from '../subjects/identity-server.js'
import { openServer } from '../subjects/loaded-server.js'
import { measureLoad, throughputMetrics } from '../subjects/throughput.js'
import { comparedWarmUp } from '../subjects/warm-load.js'

const CONNECTIONS = 50
const LOAD: Condition = { connections: CONNECTIONS }

/** Not one of those that a whole run measures: it says something about the instrument, and nothing about strategies. */
export const control: Scenario = {
  id: 'control',
  title: 'The same server twice',
  question:
    `Does this machine show a difference where there is none? GET ${paths.whoami} to the same server, started ` +
    'under two names. Of a hundred such runs, four may say so.',
  metrics: throughputMetrics,
  reference: 'first',
  comparisons: () => eachWith('first', ['second'], { metric: 'cpu', condition: LOAD }),
  subjects: (settings) =>
    ['first', 'second'].map((id) => ({
      id,
      title: `The ${id}`,
      conditions: [LOAD],
      takes: { open: 1 + comparedWarmUp(settings) / 4_000, measure: settings.seconds + 0.3 },
      open: async (bench) => {
        const server = ofStrategy(strategyById('session-redis'))
        return openServer({
          start: () => server.start(bench),
          prepare: async (started) => requestsOf(started, server, CONNECTIONS),
          measure: async (started, requests) =>
            measureLoad(bench, started, {
              requests: () => requests,
              warmUpRequests: comparedWarmUp(bench.settings),
              connections: CONNECTIONS,
              seconds: settings.seconds,
              awake: true,
            }),
        })
      },
    })),
}
