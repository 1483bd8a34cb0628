import type { Pool } from 'undici'
import { LatencyHistogram } from './latency-histogram.js'
import { ANSWER_WITHIN, type LoadOrder, type LoadOutcome, type LoadRequest } from './load-order.js'
import { nap } from './nap.js'
import { poolOf } from './pool.js'
import { WrongAnswers } from './wrong-answers.js'

/**
 * Begins requests at even times, whether or not earlier ones were answered, and counts each latency
 * from the time at which the request was due: one that waits for a free connection, or for a generator
 * that was late, has waited. So nothing is omitted, and nothing need be corrected afterwards (Gil Tene,
 * "How NOT to measure latency"; wrk2 does the same). autocannon's own rate sends the requests of a
 * second in one burst at its beginning, and corrects as if one were due each millisecond.
 */
export async function pacedLoad(order: LoadOrder & { rate: number }): Promise<LoadOutcome> {
  const { origin, requests, connections, seconds, rate, answerWithin = ANSWER_WITHIN } = order
  const pool = poolOf(origin, connections, answerWithin)
  const sender = new Sender(pool, requests)
  const startedAt = performance.now()
  const total = Math.floor(seconds * rate)
  for (let begun = 0; begun < total;) {
    const elapsed = performance.now() - startedAt
    const due = Math.min(total, Math.floor((elapsed / 1_000) * rate) + 1)
    for (; begun < due; begun += 1) sender.send(startedAt + (begun / rate) * 1_000)
    await nap(startedAt + (begun / rate) * 1_000 - performance.now())
  }
  await sender.allAnswered()
  const elapsed = (performance.now() - startedAt) / 1_000
  await pool.destroy()
  return { ...sender.outcome(), seconds: elapsed }
}

class Sender {
  readonly #pool: Pool
  readonly #requests: readonly LoadRequest[]
  readonly #latencies = new LatencyHistogram()
  readonly #lateness = new LatencyHistogram()
  readonly #wrong = new WrongAnswers()
  readonly #underWay = new Set<Promise<void>>()
  #sent = 0
  #answers = 0

  constructor(pool: Pool, requests: readonly LoadRequest[]) {
    this.#pool = pool
    this.#requests = requests
  }

  send(dueAt: number): void {
    const request = this.#requests[this.#sent % this.#requests.length] as LoadRequest
    this.#sent += 1
    this.#lateness.record(performance.now() - dueAt)
    const exchange = this.#exchange(request, dueAt).finally(() => this.#underWay.delete(exchange))
    this.#underWay.add(exchange)
  }

  async allAnswered(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  outcome(): Omit<LoadOutcome, 'seconds'> {
    return {
      answers: this.#answers,
      ...this.#wrong.report(),
      latency: this.#latencies.latency(),
      lateness: this.#lateness.latency(),
    }
  }

  async #exchange(request: LoadRequest, dueAt: number): Promise<void> {
    const { method, path, headers, body, expected } = request
    try {
      const answer = await this.#pool.request({
        method,
        path,
        headers,
        ...(body !== undefined && { body }),
      })
      const text = await answer.body.text()
      this.#latencies.record(performance.now() - dueAt)
      this.#answers += 1
      this.#wrong.check({ status: answer.statusCode, body: text }, expected)
    } catch (error) {
      this.#wrong.lose((error as Error).message)
    }
  }
}
