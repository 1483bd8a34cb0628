import autocannon, { type Client, type Result } from 'autocannon'
import { LatencyHistogram } from './latency-histogram.js'
import type { LoadOrder, LoadOutcome, LoadRequest } from './load-order.js'
import { withNewName } from './new-name.js'
import { WrongAnswers } from './wrong-answers.js'

/** How often autocannon looks whether the time is over. */
const SAMPLE_MS = 20

/** As much as the connections get through: each sends a request as soon as it has the answer before. */
export async function fullLoad(order: LoadOrder): Promise<LoadOutcome> {
  const { origin, requests, connections, seconds, amount } = order
  const histogram = new LatencyHistogram()
  const wrong = new WrongAnswers()
  let answers = 0
  let next = 0
  const startedAt = performance.now()
  const { requests: counted } = await new Promise<Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: origin,
        connections,
        duration: seconds,
        ...(amount !== undefined && { amount }),
        sampleInt: SAMPLE_MS,
        setupClient: (client) => {
          const own = dealt(requests, next, connections)
          next += 1
          checkEachAnswer(client, own, wrong, order)
        },
      },
      (error: Error | null, result) => (error ? reject(error) : resolve(result)),
    )
    run.on('response', (_client, _status, _bytes, ms) => {
      answers += 1
      histogram.record(ms)
    })
    run.on('reqError', (error: Error) => wrong.add(`no answer: ${error.message}`))
  })
  // autocannon opens another connection for one that was closed on it, and says nothing of the request.
  const lost = counted.sent - counted.total - connections
  if (lost > 0) wrong.add('no answer: the connection was closed', lost)
  const elapsed = (performance.now() - startedAt) / 1_000
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

/** autocannon checks one body for all; here each request has its own, and answers come in order. */
function checkEachAnswer(
  client: Client,
  own: readonly LoadRequest[],
  wrong: WrongAnswers,
  { neverTwice }: LoadOrder,
): void {
  client.setRequests(
    own.map(({ method, path, headers, body }) => ({
      method,
      path,
      headers: { ...headers },
      ...(body !== undefined && { body }),
      ...(body?.includes('$ID') && {
        setupRequest: (request) => ({ ...request, body: withNewName(body) }),
      }),
    })),
  )
  let answered = 0
  let status = 0
  client.on('headers', (head: unknown) => (status = (head as { statusCode: number }).statusCode))
  const { opts } = client as unknown as { opts: { verifyBody: (body: string) => boolean } }
  opts.verifyBody = (body) => {
    if (neverTwice && answered >= own.length) wrong.add('no request was left that is new')
    const { expected } = own[answered % own.length] as LoadRequest
    answered += 1
    wrong.check({ status, body }, expected)
    return true
  }
}
