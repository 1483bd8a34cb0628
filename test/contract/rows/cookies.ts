import { randomBytes } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import {
  CookieClient,
  CookieJar,
  type Expectation,
  hasStatus,
  isRefused,
  readServerTiming,
} from '@session-vs-jwt/workbench'
import { type Answer, Device } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import type { Trial } from '../suite/trial.js'
import { isLoggedIn } from './answers.js'
import { afterLogout } from './promised.js'

const IDLE_SECONDS = 30 * 60

const setCookies = ({ headers }: Answer): readonly string[] => headers['set-cookie'] ?? []

const SELF = 'the origin of the server'

const ORIGINS: readonly {
  what: string
  headers: Readonly<Record<string, string>>
  passes: boolean
}[] = [
  { what: 'cross-site', headers: { 'sec-fetch-site': 'cross-site' }, passes: false },
  { what: 'same-site', headers: { 'sec-fetch-site': 'same-site' }, passes: false },
  {
    what: 'cross-site-with-own-origin',
    headers: { 'sec-fetch-site': 'cross-site', origin: SELF },
    passes: false,
  },
  { what: 'foreign-origin', headers: { origin: 'https://evil.example' }, passes: false },
  { what: 'null-origin', headers: { origin: 'null' }, passes: false },
  { what: 'same-origin', headers: { 'sec-fetch-site': 'same-origin' }, passes: true },
  { what: 'typed-by-the-user', headers: { 'sec-fetch-site': 'none' }, passes: true },
  { what: 'own-origin-of-an-old-browser', headers: { origin: SELF }, passes: true },
  { what: 'no-browser', headers: {}, passes: true },
]

/** What is demanded of the cookie that carries a session. */
export const cookieRows: readonly Row[] = [
  {
    id: 'cookies/attributes',
    title: 'HttpOnly, SameSite=Lax, Path=/, no Domain; over https __Host- and Secure too',
    read: ['RFC 6265, section 4.1.2', 'OWASP Session Management Cheat Sheet, cookies'],
    only: 'session',
    run: async (t) => {
      const { answer } = await t.registered()
      const isHttps = t.target.url.startsWith('https:')
      expectAttributes(answer, isHttps)
    },
  },
  {
    id: 'cookies/over-https',
    title: 'behind https the cookie is __Host- and Secure, and HSTS is sent',
    read: ['RFC 6265bis, section 4.1.3.2', 'RFC 6797, section 6.1'],
    only: 'session',
    needs: ['settings'],
    run: async (t) => {
      const https = await t.start({ env: { PUBLIC_SCHEME: 'https' } })
      const { device, answer } = await t.registered(https)
      expectAttributes(answer, true)
      expectAnswer(answer, ({ headers }) =>
        headers['strict-transport-security'] === undefined
          ? 'Strict-Transport-Security'
          : undefined,
      )
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  },
  {
    id: 'cookies/fixation',
    title: 'a login never takes over the session id that it came with',
    read: ['OWASP ASVS 5.0, 7.2.4', 'CWE-384'],
    only: 'session',
    run: async (t) => {
      const { device: attacker } = await t.registered()
      const { account } = await t.registered()
      const victim = attacker.copy()
      const login = await victim.login(account)
      expectAnswer(login, hasStatus(200))
      expectThat(victim.access !== attacker.access, 'another cookie than it came with', login)
      const own = await victim.whoami()
      expectThat(own.body.email === account.email, `the email ${account.email}`, own)
      const other = await attacker.whoami()
      // The login took the place of the attacker's own.
      expectAnswer(other, hasStatus(...afterLogout(t)))
      expectThat(other.body.email !== account.email, 'anybody but the victim', other)
    },
  },
  {
    id: 'cookies/malformed-pairs',
    title:
      'malformed pairs beside the cookie change nothing; alone they count as a missing credential',
    read: ['RFC 6265bis, section 5.7 (a pair without "=" has an empty name)'],
    only: 'session',
    run: async (t) => expectMalformedPairsIgnored(t, t.target),
  },
  {
    id: 'cookies/malformed-pairs-over-https',
    title: 'the same holds for the __Host- cookie',
    read: ['RFC 6265bis, section 5.7 (a pair without "=" has an empty name)'],
    only: 'session',
    needs: ['settings'],
    run: async (t) => {
      const https = await t.start({ env: { PUBLIC_SCHEME: 'https' } })
      await expectMalformedPairsIgnored(t, https)
    },
  },
  ...(
    [
      ['of-its-form', (value: string) => scrambled(value)],
      ['too-short', () => 'abc'],
      ['with-odd-characters', () => '../../session:%00'],
      ['very-long', () => 'a'.repeat(8000)],
    ] as const
  ).map(([what, made]): Row => ({
    id: `cookies/id-not-made-here-${what}`,
    title: `an id that the server did not make (${what.replaceAll('-', ' ')}) is never adopted`,
    read: ['OWASP ASVS 5.0, 7.2.4', 'OWASP Session Management Cheat Sheet, strict ids'],
    only: 'session',
    run: async (t) => {
      const { device, account } = await t.registered()
      const [name, value] = sessionCookie(device)
      const forged = made(value)
      const stranger = holding(t, [[name, forged]])
      const answer = await stranger.whoami()
      expectAnswer(answer, isRefused, hasCode('invalid_credential'))
      expectThat(setCookies(answer).length === 0, 'no Set-Cookie', answer)
      const login = await stranger.login(account)
      expectThat(!stranger.access.includes(forged), 'a cookie of the server’s own making', login)
    },
  })),
  {
    id: 'cookies/idle-deadline',
    title: 'a session that nobody uses for 30 minutes is over',
    read: ['OWASP ASVS 5.0, 7.3.1'],
    only: 'session',
    needs: ['clock'],
    run: async (t) => {
      const own = await t.start()
      const { device } = await t.registered(own)
      own.clock.advance(IDLE_SECONDS - 1)
      expectAnswer(await device.copy().whoami(), isLoggedIn)
      const idle = (await t.registered(own)).device
      own.clock.advance(IDLE_SECONDS + 1)
      expectAnswer(await idle.whoami(), isRefused, hasCode('expired_credential'))
    },
  },
  {
    id: 'cookies/reads-write-nothing',
    title: 'a read writes nothing, but for one renewal in a quarter of the idle time',
    read: ['OWASP Session Management Cheat Sheet, idle timeout'],
    only: 'session',
    needs: ['clock', 'trace'],
    run: async (t) => {
      const own = await t.start()
      const { device } = await t.registered(own)
      const reads = callsOf(await device.whoami())
      // Renewing costs one call, where a store keeps the session.
      const renewed = reads + Math.min(reads, 1)
      for (const [seconds, wanted] of [
        [IDLE_SECONDS / 4 - 5, [reads, reads]],
        [10, [renewed, reads]],
      ] as const) {
        own.clock.advance(seconds)
        for (const calls of wanted) {
          const answer = await device.whoami()
          const came = `${callsOf(answer)} calls`
          expectThat(callsOf(answer) === calls, `${calls} calls to the store`, answer, came)
        }
      }
      const answer = await device.whoami()
      const later = Date.parse(answer.body.expiresAt) - own.clock.now().getTime()
      expectThat(later > (IDLE_SECONDS - 5) * 1000, 'a deadline that was moved', answer)
    },
  },
  ...ORIGINS.map(({ what, headers, passes }): Row => ({
    id: `cookies/csrf-${what}`,
    title: `a logout from "${what.replaceAll('-', ' ')}" ${passes ? 'passes' : 'is refused, and ends nothing'}`,
    read: ['OWASP Cross-Site Request Forgery Prevention Cheat Sheet', 'OWASP ASVS 5.0, 3.5.1'],
    only: 'session',
    run: async (t) => {
      const { device } = await t.registered()
      const { origin } = new URL(t.target.url)
      const sent = { ...headers, ...(headers['origin'] === SELF && { origin }) }
      const answer = await device.send('POST', paths.logout, undefined, sent)
      if (passes) return expectAnswer(answer, hasStatus(204))
      expectAnswer(answer, hasStatus(403), hasCode('forbidden_origin'))
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  })),
  {
    id: 'cookies/csrf-origins-are-compared',
    title: 'letter case and a default port do not make another origin; the scheme and the port do',
    read: ['RFC 6454, sections 5 and 6.2', 'RFC 9110, section 4.2.3'],
    only: 'session',
    needs: ['settings'],
    run: async (t) => {
      const allowed = 'HTTPS://Pages.Example:443'
      const env = { PUBLIC_SCHEME: 'https', ALLOWED_ORIGINS: allowed }
      const { device } = await t.registered(await t.start({ env }))
      const from = async (origin: string, host: string): Promise<Answer> =>
        device.send('POST', paths.renewAccess, undefined, { origin, host })
      for (const host of ['app.example', 'app.example:443', 'APP.Example', 'APP.Example:443']) {
        expectAnswer(await from('https://app.example', host), hasStatus(200))
        expectAnswer(await from('https://pages.example', host), hasStatus(200))
        for (const other of [
          'http://app.example',
          'https://app.example:80',
          'https://app.exampl',
        ]) {
          expectAnswer(await from(other, host), hasStatus(403), hasCode('forbidden_origin'))
        }
      }
      const own = await from('https://pages.example', 'app.example')
      expectAnswer(own, allowsOrigin('https://pages.example'))
    },
  },
  {
    id: 'cookies/allowed-origin',
    title: 'an origin that is allowed passes, and gets the CORS headers; another does not',
    read: ['Fetch Standard, CORS protocol'],
    only: 'session',
    needs: ['settings'],
    run: async (t) => {
      const origin = 'http://localhost:3000'
      const own = await t.start({ env: { ALLOWED_ORIGINS: origin } })
      const { device } = await t.registered(own)
      const headers = { origin, 'sec-fetch-site': 'same-site' }
      const answer = await device.send('POST', paths.renewAccess, undefined, headers)
      expectAnswer(answer, hasStatus(200), allowsOrigin(origin))
      const foreign = await device.send('GET', paths.whoami, undefined, { origin: 'http://other' })
      expectAnswer(foreign, allowsOrigin(undefined))
    },
  },
]

/** Calls to the stores, as the server tells them. */
function callsOf({ headers }: Answer): number {
  const costs = readServerTiming(headers['server-timing'])
  return costs ? costs.sql + costs.redis : Number.NaN
}

const allowsOrigin =
  (origin: string | undefined): Expectation =>
  ({ headers }) => {
    const isAllowed = headers['access-control-allow-origin'] === origin
    const credentials = headers['access-control-allow-credentials'] === 'true'
    if (isAllowed && (credentials || origin === undefined)) return undefined
    return `Access-Control-Allow-Origin: ${origin ?? '(none)'}`
  }

function expectAttributes(answer: Answer, isHttps: boolean): void {
  const lines = setCookies(answer)
  expectThat(lines.length > 0, 'a Set-Cookie header', answer)
  const wanted = ['httponly', 'path=/', 'samesite=lax', ...(isHttps ? ['secure'] : [])]
  for (const line of lines) {
    const [pair = '', ...attributes] = line.toLowerCase().split(/; ?/)
    const found = attributes.filter((it) => !/^(max-age|expires)=/.test(it)).toSorted()
    const holds = found.join() === wanted.join() && (!isHttps || pair.startsWith('__host-'))
    const name = isHttps ? 'a __Host- cookie with ' : ''
    expectThat(holds, `${name}the attributes ${wanted.join(', ')}`, answer, line)
  }
}

/** Name and value of the cookie that carries the session: the first that was set. */
function sessionCookie(device: Device): readonly [name: string, value: string] {
  const [pair = ''] = device.access.split('; ')
  const equals = pair.indexOf('=')
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}

async function expectMalformedPairsIgnored(t: Trial, at: { url: string }): Promise<void> {
  const { device } = await t.registered(at)
  const bare = t.device(at)
  const names = device.access.split('; ').map((pair) => pair.slice(0, pair.indexOf('=')))
  const malformed = names.flatMap((name) => [name, `${name}x`, `=${name}`, `=${name}=x`])
  for (const pair of malformed) {
    const alone = await bare.sendBare('GET', paths.whoami, { cookie: pair })
    expectAnswer(alone, isRefused, hasCode('missing_credential'))
  }
  for (const pair of [...malformed, '', '=']) {
    for (const cookie of [`${pair}; ${device.access}`, `${device.access}; ${pair}`]) {
      expectAnswer(await bare.sendBare('GET', paths.whoami, { cookie }), isLoggedIn)
    }
  }
  const cookie = [...malformed, device.access, ...malformed].join('; ')
  expectAnswer(await bare.sendBare('POST', paths.logout, { cookie }), hasStatus(204))
  expectAnswer(await device.whoami(), hasStatus(...afterLogout(t)))
}

/** The same form, other bits. */
function scrambled(value: string): string {
  const random = randomBytes(value.length).toString('hex')
  return value.replaceAll(/\w/g, (_char, index: number) => random[index] ?? '0')
}

function holding(t: Trial, cookies: readonly (readonly [string, string])[]): Device {
  const { url, withinMs } = t.target
  return new Device(new CookieClient(url, new CookieJar(cookies), { withinMs }))
}
