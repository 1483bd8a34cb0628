import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '../device.js'

/** One request and how it went. */
export interface Answer {
  readonly name: string
  /** 0 where the connection gave no answer. */
  readonly status: number
  /** Milliseconds from the request to the whole answer. */
  readonly ms: number
  readonly code: string | undefined
  readonly retryAfter: string | undefined
  readonly contentType: string | undefined
  readonly body: Reply['body']
}

/** Nothing here takes this long: what does is lost. */
const SILENCE_MS = 15_000

/** Sends a request and takes the time. A connection that breaks is an answer too, with status 0. */
export async function timed(name: string, send: () => Promise<Reply>): Promise<Answer> {
  const startedAt = performance.now()
  const silence = sleep(SILENCE_MS, undefined, { ref: false }).then(() =>
    noAnswer(new Error(`no answer in ${SILENCE_MS} ms`)),
  )
  const { status, headers, body } = await Promise.race([send().catch(noAnswer), silence])
  return {
    name,
    status,
    ms: performance.now() - startedAt,
    code: body?.code,
    retryAfter: headers['retry-after'],
    contentType: headers['content-type'],
    body,
  }
}

function noAnswer(error: unknown): Reply {
  const { code, message } = error as NodeJS.ErrnoException
  return { status: 0, headers: {}, body: { code: code ?? message } }
}

/** Sends each of `requests` over and over, side by side, and keeps the answers until it is stopped. */
export class Load {
  readonly answers: Answer[] = []
  readonly #lanes: Promise<void>[]
  #stopped = false

  constructor(requests: readonly (() => Promise<Answer>)[], pauseMs = 15) {
    this.#lanes = requests.map(async (request) => {
      while (!this.#stopped && this.answers.length < MAX_ANSWERS) {
        this.answers.push(await request())
        await sleep(pauseMs)
      }
    })
  }

  /** All answers, once the last request was answered. */
  async stop(): Promise<readonly Answer[]> {
    this.#stopped = true
    await Promise.all(this.#lanes)
    return this.answers
  }
}

const MAX_ANSWERS = 5_000

/**
 * Waits until `holds`, looking often; tells how long it took. A limit that depends on how late the machine is may
 * grow while it waits.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs: number | (() => number),
  everyMs = 10,
): Promise<number> {
  const startedAt = performance.now()
  const limit = typeof withinMs === 'number' ? (): number => withinMs : withinMs
  while (!(await holds())) {
    const ms = performance.now() - startedAt
    if (ms > limit()) throw new Error(`${what}: not within ${Math.round(limit())} ms`)
    await sleep(everyMs)
  }
  return performance.now() - startedAt
}

/** The value below which `share` of the sorted `values` lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
