import { CookieJar } from '@session-vs-jwt/workbench'
import { Pool } from 'undici'
import { LatencyHistogram } from './latency-histogram.js'
import type { LoadOrder, LoadOutcome, LoadRequest } from './load-order.js'
import { WrongAnswers } from './wrong-answers.js'

/** Rotations: each answer gives the credential for the next request of its lane. */
export async function chainLoad(order: LoadOrder): Promise<LoadOutcome> {
  const { origin, requests, connections, seconds, amount = Infinity } = order
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const histogram = new LatencyHistogram()
  const wrong = new WrongAnswers()
  let answers = 0
  const startedAt = performance.now()
  const isOver = (): boolean =>
    answers >= amount || performance.now() - startedAt > seconds * 1_000 || wrong.any
  const lane = async (first: LoadRequest): Promise<void> => {
    let request: LoadRequest | undefined = first
    while (request !== undefined && !isOver()) {
      const sentAt = performance.now()
      request = await rotate(pool, request, wrong)
      histogram.record(performance.now() - sentAt)
      answers += 1
    }
  }
  await Promise.all(requests.slice(0, connections).map(lane))
  const elapsed = (performance.now() - startedAt) / 1_000
  await pool.destroy()
  return { answers, seconds: elapsed, ...wrong.report(), latency: histogram.latency() }
}

/** The request that follows; none after an answer that is wrong. */
async function rotate(
  pool: Pool,
  request: LoadRequest,
  wrong: WrongAnswers,
): Promise<LoadRequest | undefined> {
  const { method, path, headers, expected } = request
  try {
    const { statusCode, headers: received, body } = await pool.request({ method, path, headers })
    const text = await body.text()
    wrong.check({ status: statusCode, body: text }, expected)
    if (statusCode !== expected.status) return undefined
    return { ...request, headers: { ...headers, ...credentialOf(text, received['set-cookie']) } }
  } catch (error) {
    wrong.add(`no answer: ${(error as Error).message}`)
    return undefined
  }
}

function credentialOf(
  body: string,
  cookies: string | string[] | undefined,
): Record<string, string> {
  const { refreshToken } = JSON.parse(body) as { refreshToken?: string }
  if (refreshToken !== undefined) return { authorization: `Bearer ${refreshToken}` }
  const jar = new CookieJar()
  jar.take([cookies ?? []].flat())
  const cookie = jar.header()
  return cookie === undefined ? {} : { cookie }
}
