import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-contract'
import { type Exchange, exchange, type Strategy } from '@session-vs-jwt/workbench'
import { Pool } from 'undici'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Scenario, Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { type Login, loginAgain, newLogins, unexpected } from '../subjects/credentials.js'
import { openServer } from '../subjects/loaded-server.js'
import type { StartedServer } from '../subjects/started-server.js'
import { CHEAP_LOGINS, startStrategy } from '../subjects/strategy-server.js'

/** A credential lives so long here; 300 s for an access token and 8 h for a session by default. */
const LIFE_SECONDS = 3
const QUICK_LIFE_SECONDS = 2
/** Milliseconds between an answer and the next look. */
const PAUSE_MS = 5
/** So many in a row, and it will not work again. */
const REFUSALS = 5

const events = {
  logout: 'after logout',
  logoutAll: 'after logout from another device, of all',
  password: 'after a new password, set on another device',
  account: 'after the account was deleted, on another device',
} as const

type Event = keyof typeof events

export const revocation: Scenario = {
  id: 'revocation',
  title: 'How long a credential still works',
  question:
    `For how many milliseconds does GET ${paths.whoami} still work after what should have ended it? ` +
    `Looked at over and over, where a credential expires by itself after ${LIFE_SECONDS} s ` +
    `(${QUICK_LIFE_SECONDS} s with --quick), in whole seconds for a token; by default it is 300 s or 8 h.`,
  metrics: Object.entries(events).map(([id, title]) => ({ id, title, unit: 'ms', better: 'less' })),
  reference: 'session-redis',
  once: true,
  together: ({ quick }) => quick,
  subjects: (settings) => settings.strategies.map((it) => subject(it, settings)),
}

function subject(strategy: Strategy, settings: Settings): Subject {
  const life = settings.quick ? QUICK_LIFE_SECONDS : LIFE_SECONDS
  const env = {
    ...CHEAP_LOGINS,
    ACCESS_TOKEN_SECONDS: String(life),
    SESSION_ABSOLUTE_SECONDS: String(life),
  }
  const repeats = settings.quick ? 1 : 5
  return {
    id: strategy.id,
    title: strategy.title,
    conditions: [{}],
    takes: { open: 1, measure: life },
    open: (bench) =>
      openServer({
        start: () => startStrategy(bench, strategy, { env }),
        prepare: async () => undefined,
        measure: async (server) =>
          Promise.all(Array.from({ length: repeats }, () => everyEvent(bench, server, strategy))),
      }),
  }
}

/** Each event on a user of its own, all at once. */
async function everyEvent(
  bench: Bench,
  server: StartedServer,
  { promises }: Strategy,
): Promise<Measurement> {
  // Where the server keeps nothing, it cannot know the other devices, and says so.
  const known = (Object.keys(events) as Event[]).filter(
    (it) => it !== 'logoutAll' || promises.devices,
  )
  const entries = await Promise.all(
    known.map(async (event) => {
      const [other] = await newLogins(server.url, 1)
      if (!other) throw new Error('a login is needed')
      return [event, await stillWorksFor(bench, server.url, other, event)] as const
    }),
  )
  return { values: Object.fromEntries(entries) }
}

/** Milliseconds from the answer to what ends the credential to the last look at which it worked. */
async function stillWorksFor(
  bench: Bench,
  url: string,
  other: Login,
  event: Event,
): Promise<number> {
  // The last thing before the event, so that its life has just begun.
  const login = await loginAgain(url, other)
  const pool = new Pool(url, { connections: 1, pipelining: 1 })
  let workedAt = 0
  let refusals = 0
  const looking = (async () => {
    while (refusals < REFUSALS) {
      bench.signal.throwIfAborted()
      const askedAt = performance.now()
      const answer = await pool.request({
        method: 'GET',
        path: paths.whoami,
        headers: login.headers,
      })
      await answer.body.dump()
      if (answer.statusCode === 200) [workedAt, refusals] = [askedAt, 0]
      else refusals += 1
      await sleep(PAUSE_MS)
    }
  })()
  try {
    await acts[event](url, { login, other })
    const endedAt = performance.now()
    await looking
    return Math.max(0, workedAt - endedAt)
  } finally {
    refusals = REFUSALS
    await pool.destroy()
  }
}

/** The login that is looked at, and the same user on another device. */
interface Devices {
  readonly login: Login
  readonly other: Login
}

type Act = (url: string, devices: Devices) => Promise<unknown>

const acts: Readonly<Record<Event, Act>> = {
  logout: async (url, { login: { headers } }) =>
    must(204, { method: 'POST', url: url + paths.logout, headers }),
  logoutAll: async (url, { other: { headers } }) => {
    await must(204, { method: 'POST', url: url + paths.logoutAll, headers })
  },
  password: async (url, { other }) => {
    const { headers, password } = other
    await must(200, {
      method: 'PATCH',
      url: url + paths.me,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ password: `new ${password}`, currentPassword: password }),
    })
  },
  account: async (url, { other: { headers, password: currentPassword } }) =>
    must(204, {
      method: 'DELETE',
      url: url + paths.me,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ currentPassword }),
    }),
}

async function must(status: number, request: Parameters<typeof exchange>[0]): Promise<Exchange> {
  const answer = await exchange(request)
  if (answer.status !== status) throw unexpected(answer, String(status))
  return answer
}
