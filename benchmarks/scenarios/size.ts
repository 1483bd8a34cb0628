import { paths } from '@session-vs-jwt/http-contract'
import { exchange, type Strategy } from '@session-vs-jwt/workbench'
import Keygrip from 'keygrip'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Scenario, Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { type Login, newLogins, unexpected } from '../subjects/credentials.js'
import { openServer } from '../subjects/loaded-server.js'
import { mintAccessToken } from '../subjects/mint-tokens.js'
import { CHEAP_LOGINS, startStrategy } from '../subjects/strategy-server.js'

/** Bytes of JSON that are told of the user besides what the server needs: names, roles, rights. */
const CLAIMS = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 12_000]
const QUICK_CLAIMS = [0, 4_000, 12_000]

/** RFC 6265, section 6.1: name, value and attributes; the browsers here cut at no less. */
const COOKIE_LIMIT = 4_096
/** Of all headers together: Node.js by default, and our servers. */
const HEADER_LIMIT = 16_384
const MILLION = 1_000_000

export const size: Scenario = {
  id: 'size',
  title: 'What a credential weighs',
  question:
    'How many bytes does each request carry to say who sends it, as more is told of the user, and where ' +
    'do a cookie (4 KiB) and the headers (16 KiB) end? Each was sent to the server, which took it or not.',
  metrics: [
    { id: 'bytes', title: 'credential in each request', unit: 'B', better: 'less' },
    { id: 'million', title: 'in a million requests', unit: 'MB', better: 'less' },
    { id: 'ofCookie', title: 'of what a cookie may have', unit: '%', better: 'less' },
    { id: 'ofHeaders', title: 'of what headers may have', unit: '%', better: 'less' },
    { id: 'taken', title: 'taken by the server (1) or refused (0)', unit: '', better: 'more' },
  ],
  reference: 'session-redis',
  once: true,
  subjects: (settings) => settings.strategies.map((it) => subject(it, settings)),
}

function subject(strategy: Strategy, settings: Settings): Subject {
  return {
    id: strategy.id,
    title: strategy.title,
    conditions: (settings.quick ? QUICK_CLAIMS : CLAIMS).map((it) => ({ 'B of claims': it })),
    takes: { open: 0.8, measure: 0.02 },
    open: (bench) =>
      openServer({
        start: () => startStrategy(bench, strategy, { env: CHEAP_LOGINS }),
        prepare: async ({ url }) => newLogins(url, 1),
        measure: async ({ url }, [login], condition) => {
          if (!login) throw new Error('a login is needed')
          const bytes = Number(condition['B of claims'])
          const headers = await grown(bench, strategy, login, bytes)
          return weigh(url, headers)
        },
      }),
  }
}

async function weigh(url: string, headers: Readonly<Record<string, string>>): Promise<Measurement> {
  const [[name, value] = ['', '']] = Object.entries(headers)
  const bytes = Buffer.byteLength(`${name}: ${value}\r\n`)
  const answer = await exchange({ method: 'GET', url: url + paths.whoami, headers })
  if (![200, 431].includes(answer.status)) throw unexpected(answer, '200 or 431')
  const cookie = name === 'cookie' ? longestCookie(value) : undefined
  return {
    values: {
      bytes,
      million: (bytes * MILLION) / 1_000_000,
      ...(cookie !== undefined && { ofCookie: (100 * cookie) / COOKIE_LIMIT }),
      ofHeaders: (100 * bytes) / HEADER_LIMIT,
      taken: answer.status === 200 ? 1 : 0,
    },
  }
}

function longestCookie(header: string): number {
  return Math.max(...header.split('; ').map((it) => Buffer.byteLength(it)))
}

/** The credential with so many more bytes in it; an id stays as it is, and the store has them. */
async function grown(
  bench: Bench,
  { id, server }: Strategy,
  login: Login,
  bytes: number,
): Promise<Readonly<Record<string, string>>> {
  if (server === 'jwt') {
    const token = await mintAccessToken(bench, login, (claims) => longer(claims, bytes))
    return { authorization: `Bearer ${token}` }
  }
  return id === 'session-cookie' ? grownCookie(bench, login, bytes) : login.headers
}

/** The session is in the cookie: JSON in base64url, and a second cookie with its signature. */
async function grownCookie(
  bench: Bench,
  { headers }: Login,
  bytes: number,
): Promise<Readonly<Record<string, string>>> {
  const value = /(?:^|; )sid=([^;]+)/.exec(headers['cookie'] ?? '')?.[1] ?? ''
  const session = JSON.parse(Buffer.from(value, 'base64url').toString()) as Told
  const json = JSON.stringify(longer(session, bytes))
  const cookie = `sid=${Buffer.from(json).toString('base64url')}`
  const secret = (await bench.secrets()).session['SESSION_COOKIE_SECRET'] ?? ''
  const keys = new Keygrip([Buffer.from(secret, 'base64url') as unknown as string], 'sha256')
  return { cookie: `${cookie}; sid.sig=${keys.sign(cookie)}` }
}

type Told = Readonly<Record<string, unknown>>

/** Our servers take no claim that they do not know: the email stands for whatever else is told. */
function longer(told: Told, bytes: number): Told {
  return { ...told, email: 'x'.repeat(bytes) + String(told['email']) }
}
