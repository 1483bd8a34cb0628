import { CookieJar } from '@session-vs-jwt/workbench'
import type { Pool } from 'undici'
import { Counting } from './counting.js'
import { LatencyHistogram } from './latency-histogram.js'
import {
  ANSWER_WITHIN,
  type LoadOrder,
  type LoadOutcome,
  type LoadRequest,
  type OnCounting,
} from './load-order.js'
import { poolOf } from './pool.js'
import { WrongAnswers } from './wrong-answers.js'

/** Renewals and rotations: each answer gives the credential for the next request of its lane, or leaves it as it was. */
export async function chainLoad(
  order: LoadOrder,
  onCounting: OnCounting = () => undefined,
): Promise<LoadOutcome> {
  const { origin, requests, connections, seconds, leadIn = 0, amount = Infinity } = order
  const pool = poolOf(origin, connections, order.answerWithin ?? ANSWER_WITHIN)
  const histogram = new LatencyHistogram()
  const wrong = new WrongAnswers()
  let begun = 0
  let answers = 0
  const endsAt = performance.now() + (leadIn + seconds) * 1_000
  const counting = new Counting(order, onCounting)
  const isOver = (): boolean => begun >= amount || performance.now() > endsAt || wrong.any
  const lane = async (first: LoadRequest): Promise<void> => {
    let request: LoadRequest | undefined = first
    while (request !== undefined && !isOver()) {
      begun += 1
      const sentAt = performance.now()
      const answer = await answerTo(pool, request, wrong)
      if (answer === undefined) return
      if (counting.hasBegun) {
        histogram.record(performance.now() - sentAt)
        answers += 1
      }
      request = following(request, answer, wrong)
    }
  }
  await Promise.all(requests.slice(0, connections).map(lane))
  const elapsed = counting.end()
  await pool.destroy()
  return { answers, seconds: elapsed, ...wrong.report(), latency: histogram.latency() }
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly cookies: string | string[] | undefined
}

async function answerTo(
  pool: Pool,
  { method, path, headers }: LoadRequest,
  wrong: WrongAnswers,
): Promise<Answer | undefined> {
  try {
    const { statusCode, headers: received, body } = await pool.request({ method, path, headers })
    return { status: statusCode, body: await body.text(), cookies: received['set-cookie'] }
  } catch (error) {
    wrong.lose((error as Error).message)
    return undefined
  }
}

/** The request that follows; none after an answer that is wrong. */
function following(
  request: LoadRequest,
  answer: Answer,
  wrong: WrongAnswers,
): LoadRequest | undefined {
  if (!wrong.check(answer, request.expected)) return undefined
  try {
    return { ...request, headers: { ...request.headers, ...credentialOf(answer) } }
  } catch {
    wrong.refuse(answer, 'JSON')
    return undefined
  }
}

function credentialOf({ body, cookies }: Answer): Record<string, string> {
  const { refreshToken } = JSON.parse(body) as { refreshToken?: string }
  if (refreshToken !== undefined) return { authorization: `Bearer ${refreshToken}` }
  const jar = new CookieJar()
  jar.take([cookies ?? []].flat())
  const cookie = jar.header()
  return cookie === undefined ? {} : { cookie }
}
