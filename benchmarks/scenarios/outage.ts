import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-contract'
import type { Strategy } from '@session-vs-jwt/workbench'
import { Pool } from 'undici'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Scenario, Subject, TimeLine } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { type Login, newLogins, renewalHeaders } from '../subjects/credentials.js'
import { openServer } from '../subjects/loaded-server.js'
import type { StartedServer } from '../subjects/started-server.js'
import { CHEAP_LOGINS, startStrategy } from '../subjects/strategy-server.js'

interface Times {
  readonly before: number
  readonly down: number
  readonly after: number
}

/** Seconds. */
const TIMES: Times = { before: 2, down: 5, after: 5 }
const QUICK_TIMES: Times = { before: 0.5, down: 1.5, after: 2 }

/** Milliseconds from one request of a kind to the next. */
const EVERY_MS = 50
const POINTS_PER_SECOND = 2

export const outage: Scenario = {
  id: 'outage',
  title: 'Redis is stopped for five seconds',
  question:
    `Which requests fail while Redis is away, and how soon is all well again? GET ${paths.whoami} and ` +
    `POST ${paths.renewAccess}, 20 times a second each, to all strategies at once, over one outage.`,
  metrics: [
    { id: 'whoami', title: 'whoami served while it was away', unit: '%', better: 'more' },
    { id: 'renew', title: 'renewals served while it was away', unit: '%', better: 'more' },
    { id: 'slowest', title: 'the slowest answer meanwhile', unit: 'ms', better: 'less' },
    { id: 'back', title: 'from its return to the last failure', unit: 'ms', better: 'less' },
  ],
  reference: 'session-redis',
  once: true,
  together: () => true,
  subjects: (settings) => settings.strategies.map((it) => subject(it, settings)),
  meanwhile: async (bench) => {
    const { before, down } = timesOf(bench.settings)
    const { signal } = bench
    const { redis } = await bench.stores()
    await sleep(before * 1_000, undefined, { signal })
    await redis.kill()
    await sleep(down * 1_000, undefined, { signal })
    await redis.restart()
  },
}

function timesOf({ quick }: Settings): Times {
  return quick ? QUICK_TIMES : TIMES
}

function subject(strategy: Strategy, settings: Settings): Subject {
  const { before, down, after } = timesOf(settings)
  return {
    id: strategy.id,
    title: strategy.title,
    conditions: [{}],
    takes: { open: 1, measure: (before + down + after) / settings.strategies.length },
    open: (bench) =>
      openServer({
        start: () => startStrategy(bench, strategy, { env: CHEAP_LOGINS }),
        // A refresh token works once, and who gets no answer can't tell whether it was spent: each renews one login.
        prepare: ({ url }) => newLogins(url, questionsIn(timesOf(settings))),
        measure: (server, logins) => watch(bench, server, logins),
      }),
  }
}

interface Answer {
  readonly atMs: number
  readonly tookMs: number
  readonly ok: boolean
}

async function watch(
  bench: Bench,
  server: StartedServer,
  logins: readonly Login[],
): Promise<Measurement> {
  const times = timesOf(bench.settings)
  const startedAt = performance.now()
  const [whoami, renew] = await Promise.all([
    ask(bench, server, startedAt, logins, ({ headers }) => ({
      method: 'GET',
      path: paths.whoami,
      headers,
    })),
    ask(bench, server, startedAt, logins, (login) => ({
      method: 'POST',
      path: paths.renewAccess,
      headers: renewalHeaders(login),
    })),
  ])
  const wentAt = times.before * 1_000
  const backAt = wentAt + times.down * 1_000
  const away = (it: Answer): boolean => it.atMs > wentAt && it.atMs < backAt
  const served = (answers: readonly Answer[]): number => {
    const meanwhile = answers.filter(away)
    return (100 * meanwhile.filter(({ ok }) => ok).length) / meanwhile.length
  }
  const all = [...whoami, ...renew]
  const lastFailure = Math.max(0, ...all.filter(({ ok }) => !ok).map((it) => it.atMs + it.tookMs))
  return {
    values: {
      whoami: served(whoami),
      renew: served(renew),
      slowest: Math.max(...all.filter(away).map(({ tookMs }) => tookMs)),
      back: Math.max(0, lastFailure - backAt),
    },
    timeLines: [timeLine('whoami', whoami), timeLine('renew', renew)],
  }
}

interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

function questionsIn({ before, down, after }: Times): number {
  return Math.ceil(((before + down + after) * 1_000) / EVERY_MS)
}

/** Each of `logins` asks once, at even times, whether or not there was an answer to the question before. */
async function ask(
  { signal }: Bench,
  server: StartedServer,
  startedAt: number,
  logins: readonly Login[],
  questionOf: (login: Login) => Question,
): Promise<Answer[]> {
  const pool = new Pool(server.url, { connections: 50, pipelining: 1 })
  const answers: Promise<Answer>[] = []
  for (const [index, login] of logins.entries()) {
    const dueAt = startedAt + index * EVERY_MS
    await sleep(Math.max(0, dueAt - performance.now()), undefined, { signal })
    answers.push(answerTo(pool, questionOf(login), startedAt))
  }
  const all = await Promise.all(answers)
  await pool.destroy()
  return all
}

async function answerTo(pool: Pool, question: Question, startedAt: number): Promise<Answer> {
  const askedAt = performance.now()
  const ok = await pool
    .request(question)
    .then(async ({ statusCode, body }) => {
      // Unlike `dump`, this fails if the connection breaks in the middle.
      await body.text()
      return statusCode === 200
    })
    .catch(() => false)
  return { atMs: askedAt - startedAt, tookMs: performance.now() - askedAt, ok }
}

function timeLine(name: string, answers: readonly Answer[]): TimeLine {
  const places = new Map<number, { ok: number; failed: number }>()
  for (const { atMs, ok } of answers) {
    const second = Math.floor((atMs / 1_000) * POINTS_PER_SECOND) / POINTS_PER_SECOND
    const point = places.get(second) ?? { ok: 0, failed: 0 }
    point[ok ? 'ok' : 'failed'] += 1
    places.set(second, point)
  }
  return { name, points: [...places].map(([second, point]) => ({ second, ...point })) }
}
