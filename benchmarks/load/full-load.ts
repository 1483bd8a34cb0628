import autocannon from 'autocannon'
import { checkEachAnswer } from './checked-client.js'
import { Counting } from './counting.js'
import { LatencyHistogram } from './latency-histogram.js'
import {
  ANSWER_WITHIN,
  type LoadOrder,
  type LoadOutcome,
  type LoadRequest,
  type OnCounting,
} from './load-order.js'
import { WrongAnswers } from './wrong-answers.js'

/** How often autocannon looks whether the time is over. */
const SAMPLE_MS = 20

/** As much as the connections get through: each sends a request as soon as it has the answer before. */
export async function fullLoad(
  order: LoadOrder,
  onCounting: OnCounting = () => undefined,
): Promise<LoadOutcome> {
  const { origin, requests, connections, amount, answerWithin = ANSWER_WITHIN } = order
  const { seconds, leadIn = 0 } = order
  const histogram = new LatencyHistogram()
  const wrong = new WrongAnswers()
  const options = { ...order, wrong, answerWithin }
  let answers = 0
  let next = 0
  const counting = await new Promise<Counting>((resolve, reject) => {
    const run = autocannon(
      {
        url: origin,
        connections,
        duration: leadIn + seconds,
        timeout: answerWithin,
        ...(amount !== undefined && { amount }),
        sampleInt: SAMPLE_MS,
        setupClient: (client) => {
          const own = dealt(requests, next, connections)
          next += 1
          checkEachAnswer(client, own, options)
        },
      },
      (error: Error | null) => (error ? reject(error) : resolve(started)),
    )
    // Not before autocannon has built its requests, which can take longer than the lead-in.
    const started = new Counting(order, onCounting)
    run.on('response', (_client, _status, _bytes, ms) => {
      if (!started.hasBegun) return
      answers += 1
      histogram.record(ms)
    })
  })
  const elapsed = counting.end()
  return { answers, seconds: elapsed, ...wrong.report(), latency: histogram.latency() }
}

/** The requests of one connection: every so many-th, from its own place on; at least one. */
function dealt(
  requests: readonly LoadRequest[],
  index: number,
  connections: number,
): LoadRequest[] {
  const own = requests.filter((_, at) => at % connections === index % connections)
  return own.length > 0
    ? own
    : requests.slice(index % requests.length, (index % requests.length) + 1)
}
