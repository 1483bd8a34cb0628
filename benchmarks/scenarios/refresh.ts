import { paths } from '@session-vs-jwt/http-contract'
import type { Strategy } from '@session-vs-jwt/workbench'
import { exchange } from '@session-vs-jwt/workbench'
import type { LoadRequest } from '../load/load-order.js'
import { BenchError } from '../runner/bench-error.js'
import type { Bench } from '../runner/bench.js'
import {
  type Condition,
  eachWith,
  type Measurement,
  type Scenario,
  type Subject,
} from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import {
  credentialIn,
  type Login,
  newLogins,
  renewalHeaders,
  unexpected,
} from '../subjects/credentials.js'
import { openServer } from '../subjects/loaded-server.js'
import type { StartedServer } from '../subjects/started-server.js'
import { CHEAP_LOGINS, startStrategy } from '../subjects/strategy-server.js'
import { measureLoad, throughputMetrics } from '../subjects/throughput.js'
import { comparedWarmUp } from '../subjects/warm-load.js'

/** Logins that are renewed and rotated at the same time, each on a connection of its own. */
const LOGINS = 20

/** With a session in Redis: a refresh family in Redis. */
const COMPARED = ['jwt-rotating']

const RENEW: Condition = { request: 'renew' }
const ROTATE: Condition = { request: 'rotate' }

export const refresh: Scenario = {
  id: 'refresh',
  title: 'Renewing and rotating',
  question:
    `What does it cost to renew access (POST ${paths.renewAccess}) and to rotate the credential ` +
    `(POST ${paths.rotateRefresh}), and what happens to tabs that rotate the same one at once?`,
  metrics: [
    ...throughputMetrics.filter(({ id }) => id !== 'generatorCpu'),
    { id: 'won', title: 'tabs that got a new one', unit: '', better: 'neither' },
    { id: 'refused', title: 'tabs that were refused', unit: '', better: 'neither' },
    { id: 'survived', title: 'of the logins, those that survived', unit: '%', better: 'more' },
  ],
  reference: 'session-redis',
  comparisons: () =>
    [RENEW, ROTATE].flatMap((condition) =>
      eachWith('session-redis', COMPARED, { metric: 'cpu', condition }),
    ),
  subjects: (settings) => settings.strategies.map((it) => subject(it, settings)),
}

function subject(strategy: Strategy, settings: Settings): Subject {
  const tabs = settings.quick ? [{ tabs: 2 }] : [{ tabs: 2 }, { tabs: 10 }]
  return {
    id: strategy.id,
    title: strategy.title,
    conditions: [RENEW, ROTATE, ...tabs],
    // Renewals and rotations are warmed up each by themselves.
    takes: { open: 1 + comparedWarmUp(settings) / 1_500, measure: settings.seconds / 2 + 0.3 },
    open: (bench) =>
      openServer({
        start: () => startStrategy(bench, strategy, { env: CHEAP_LOGINS }),
        prepare: async () => undefined,
        measure: (server, _, condition) => measure(bench, server, condition),
      }),
  }
}

async function measure(
  bench: Bench,
  server: StartedServer,
  condition: Condition,
): Promise<Measurement> {
  if (condition['tabs'] !== undefined) return contend(bench, server, Number(condition['tabs']))
  const load = {
    connections: LOGINS,
    seconds: bench.settings.seconds,
    warmUpRequests: comparedWarmUp(bench.settings),
    awake: true,
  } as const
  const path = condition['request'] === 'renew' ? paths.renewAccess : paths.rotateRefresh
  // Each load begins with logins of its own, because a refresh token works once.
  const requests = (): Promise<LoadRequest[]> => renewals(server, path)
  return measureLoad(bench, server, { ...load, requests, chain: true })
}

/** What renews each of some logins: the refresh token, or the cookie itself. */
async function renewals(server: StartedServer, path: string): Promise<LoadRequest[]> {
  const logins = await newLogins(server.url, LOGINS)
  return logins.map((login) => ({
    method: 'POST',
    path,
    headers: renewalHeaders(login),
    expected: { status: 200 },
  }))
}

/** So many logins are rotated by several tabs at once, one login after the other. */
const CONTESTS = 20

async function contend(bench: Bench, server: StartedServer, tabs: number): Promise<Measurement> {
  const contests = bench.settings.quick ? 3 : CONTESTS
  const logins = await newLogins(server.url, contests)
  const outcomes = []
  for (const login of logins) outcomes.push(await contest(server.url, login, tabs))
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, it) => sum + it, 0) / values.length
  return {
    values: {
      won: mean(outcomes.map((it) => it.won)),
      refused: mean(outcomes.map((it) => it.refused)),
      survived: 100 * mean(outcomes.map((it) => Number(it.survived))),
    },
  }
}

/** All tabs hold the same credential; whether one of those that won can still rotate decides. */
async function contest(url: string, login: Login, tabs: number) {
  const rotate = (headers: Readonly<Record<string, string>>) =>
    exchange({ method: 'POST', url: url + paths.rotateRefresh, headers })
  const answers = await Promise.all(
    Array.from({ length: tabs }, () => rotate(renewalHeaders(login))),
  )
  const strange = answers.find(({ status }) => status !== 200 && status !== 401)
  if (strange) throw unexpected(strange, '200 or 401')
  const winners = answers.filter(({ status }) => status === 200)
  if (winners.length === 0) throw new BenchError(`Of ${tabs} tabs none got a new credential.`)
  const again = await Promise.all(winners.map((it) => rotate(renewed(it))))
  return {
    won: winners.length,
    refused: answers.length - winners.length,
    survived: again.some(({ status }) => status === 200),
  }
}

function renewed(answer: Awaited<ReturnType<typeof exchange>>): Readonly<Record<string, string>> {
  const { refreshToken } = JSON.parse(answer.body) as { refreshToken?: string }
  if (refreshToken !== undefined) return { authorization: `Bearer ${refreshToken}` }
  return credentialIn(answer).headers
}
