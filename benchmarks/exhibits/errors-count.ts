import type { LoadRequest } from '../load/load-order.js'
import type { Bench } from '../runner/bench.js'
import type { Scenario } from '../runner/scenario.js'
import { type Load, warmedUp } from '../subjects/warm-load.js'
import { CONNECTIONS, honestly, type Side, withServer } from './contestants.js'
import { exhibited, type Rig, type Verdict } from './exhibit.js'

export const errorsCount: Scenario = exhibited({
  id: 'bad-errors',
  title: 'Errors counted as successes',
  question:
    'Who wins if nobody looks at the answers, and one of the two was given a credential that is cut off? ' +
    'It refuses each request before it reads the user, and that is fast.',
  rigs: [
    rig('session refuses', 'session'),
    rig('token refuses', 'token'),
    {
      id: 'honest',
      title: 'each answer is the expected one',
      takes: 6,
      measure: (bench) => honestly(bench, 'me'),
    },
  ],
})

function rig(id: string, refusing: Side): Rig {
  return { id, title: id, takes: 6, measure: (bench) => unchecked(bench, refusing) }
}

async function unchecked(bench: Bench, refusing: Side): Promise<Verdict> {
  const perSecond = (side: Side): Promise<number> =>
    withServer(
      bench,
      side,
      async (server, requests) => {
        const sent = side === refusing ? requests.map(cutOff) : requests
        const { seconds } = bench.settings
        const load: Load = {
          requests: () => sent,
          connections: CONNECTIONS,
          seconds,
          mayRefuse: true,
        }
        const send = await warmedUp(bench, server, load)
        // Every answer counts, whatever it says.
        const report = await send()
        return report.answers / report.seconds
      },
      'me',
    )
  return { session: await perSecond('session'), token: await perSecond('token') }
}

/** The credential without its last characters. */
function cutOff(request: LoadRequest): LoadRequest {
  const entries = Object.entries(request.headers)
  return {
    ...request,
    headers: Object.fromEntries(entries.map(([name, value]) => [name, value.slice(0, -20)])),
  }
}
