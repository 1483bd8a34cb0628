import { randomBytes } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { all, hasBody, hasStatus, isRefused, type Registration } from '@session-vs-jwt/workbench'
import { type Answer, type Device, newAccount } from '../../device.js'
import { compareTimes, TIMES_DIFFER } from '../suite/compare-times.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode, RowFailure } from '../suite/row-failure.js'
import type { HashingOf, Instance } from '../suite/target.js'
import type { Trial } from '../suite/trial.js'
import { isLoggedIn, saysWhenToRetry, statusesOf } from './answers.js'

const WRONG = 'a wrong password'

const base64 = (bytes: string | readonly number[]): string =>
  (typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)).toString('base64')

/** Each with an email of nobody, which no other row or run has tried: it would be locked sooner or later. */
const MALFORMED: readonly (readonly [
  what: string,
  header: ((id: string) => string) | undefined,
])[] = [
  ['no-header', undefined],
  ['bearer', () => 'Bearer abc'],
  ['no-colon', (id) => `Basic ${base64(`nobody-${id}`)}`],
  ['no-base64', () => 'Basic ***'],
  ['a-break-in-base64', () => 'Basic YTpi\tYTpi'],
  ['invalid-utf-8', () => `Basic ${base64([0x61, 0x3a, 0xff])}`],
  ['a-nul-in-the-email', (id) => `Basic ${base64(`a\0${id}:password`)}`],
  ['a-very-long-email', (id) => `Basic ${base64(`${id.repeat(750)}:b`)}`],
]

/** Characters that case folding, or compatibility forms, turn into ASCII letters. */
const [KELVIN, ...OTHER_LOOKALIKES] = ['k\u212a-ss', 'kk-s\u017f', 'k\uff4b-ss'] as const

const asksForBasic = all(isRefused, ({ headers }) =>
  /^Basic /i.test(String(headers['www-authenticate'])) ? undefined : 'a Basic challenge',
)

/** `POST /auth/login/email` */
export const loginRows: readonly Row[] = [
  {
    id: 'login/right-password',
    title: '200 with the user, as registration showed it, and a credential',
    read: ['RFC 7617, section 2'],
    run: async (t) => {
      const { account, answer: registration } = await t.registered()
      const device = t.device()
      const answer = await device.login(account)
      expectAnswer(answer, hasStatus(200), hasBody('user', 'user'))
      const same = JSON.stringify(registration.body.user)
      expectThat(JSON.stringify(answer.body.user) === same, `the user ${same}`, answer)
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  },
  {
    id: 'login/wrong-password',
    title: 'a wrong password does not log in: 401, and a Basic challenge',
    read: ['RFC 7617, section 2', 'OWASP ASVS 5.0, 6.3.1'],
    run: async (t) => {
      const { account } = await t.registered()
      const device = t.device()
      const answer = await device.login({ ...account, password: WRONG })
      expectAnswer(answer, asksForBasic, hasCode('invalid_credentials'))
      expectAnswer(await device.whoami(), hasStatus(401))
    },
  },
  {
    id: 'login/colons-in-the-password',
    title: 'the first colon ends the email; the password may hold more of them',
    read: ['RFC 7617, section 2'],
    run: async (t) => {
      const account = { ...newAccount(), password: 'one:two:three' }
      await t.registered(t.target, account)
      expectAnswer(await t.device().login(account), hasStatus(200))
      for (const password of ['one', 'one:two', 'one:two:', 'three']) {
        expectAnswer(await t.device().login({ ...account, password }), hasStatus(401))
      }
    },
  },
  {
    id: 'login/unknown-email-same-answer',
    title: 'an unknown email and a wrong password get one answer, headers included',
    read: ['OWASP Authentication Cheat Sheet, error messages', 'OWASP ASVS 5.0, 6.3.8'],
    run: async (t) => {
      const { account } = await t.registered()
      const wrong = await t.device().login({ ...account, password: WRONG })
      const unknown = await t.device().login({ ...newAccount(), password: WRONG })
      expectAnswer(unknown, asksForBasic)
      expectThat(
        comparable(unknown) === comparable(wrong),
        `the answer to a wrong password: ${comparable(wrong)}`,
        unknown,
        comparable(unknown),
      )
    },
  },
  {
    id: 'login/lookalike-email',
    title:
      'an email that only looks like a registered one is unknown: it neither logs in nor locks',
    read: ['Unicode UTS 39, confusables', 'RFC 5321, section 2.4'],
    run: async (t) => {
      const plain = newAccount()
      const account = { ...plain, email: `kk-ss-${plain.email}` }
      await t.registered(t.target, account)
      for (const lookalike of [KELVIN, ...OTHER_LOOKALIKES]) {
        const email = account.email.replace('kk-ss', lookalike)
        const twin = { ...newAccount(), email, password: account.password }
        expectAnswer(await t.device().register(twin), hasStatus(400), hasCode('validation_failed'))
        expectAnswer(await t.device().login(twin), hasStatus(401), hasCode('invalid_credentials'))
      }
      await tryLogins(t, 10, account.email.replace('kk-ss', KELVIN), WRONG)
      expectAnswer(await t.device().login(account), hasStatus(200))
    },
  },
  {
    id: 'login/email-in-capitals',
    title: 'an email is read the same at registration and login: in any case, with space around it',
    read: ['RFC 5321, section 2.4'],
    run: async (t) => {
      const account = newAccount()
      const typed = { ...account, email: `  ${account.email.toUpperCase()} ` }
      await t.registered(t.target, typed)
      expectAnswer(await t.device().login(account), hasStatus(200))
      expectAnswer(await t.device().login(typed), hasStatus(200))
      const padded = { ...account, email: `${' '.repeat(300)}${account.email}` }
      expectAnswer(await t.device().login(padded), hasStatus(200))
      const twin = { ...newAccount(), email: padded.email }
      expectAnswer(await t.device().register(twin), hasStatus(409), hasCode('email_taken'))
    },
  },
  {
    id: 'login/unknown-email-same-time',
    title: 'an unknown email takes as long as a wrong password',
    read: ['OWASP Authentication Cheat Sheet, error messages', 'CWE-208'],
    run: async (t) => {
      const { hashingOf } = t.target
      await (hashingOf ? expectSameHashing(t, hashingOf) : expectSameTime(t))
    },
  },
  ...MALFORMED.map(([what, header]): Row => ({
    id: `login/header-with-${what}`,
    title: `an Authorization header of the kind "${what}" is a 401 that asks for Basic`,
    read: ['RFC 7617, section 2', 'RFC 9110, section 11.6.1'],
    run: async (t) => {
      const authorization = header?.(randomBytes(4).toString('hex'))
      const headers = authorization === undefined ? {} : { authorization }
      expectAnswer(await t.device().sendBare('POST', paths.login, headers), asksForBasic)
    },
  })),
  {
    id: 'login/ten-failures-then-wait',
    title: '10 failed tries, then 429 with Retry-After, for the right password too',
    read: ['OWASP ASVS 5.0, 6.3.1', 'RFC 6585, section 4'],
    run: async (t) => {
      const { account } = await t.registered()
      for (let tries = 0; tries < 10; tries += 1) {
        const answer = await t.device().login({ ...account, password: WRONG })
        expectAnswer(answer, hasStatus(401))
      }
      expectAnswer(await t.device().login(account), hasStatus(429), saysWhenToRetry)
    },
  },
  {
    id: 'login/30-tries-at-once',
    title: 'of 30 wrong tries at once 10 are looked at, no more',
    read: ['OWASP ASVS 5.0, 6.3.1', 'CWE-362'],
    run: async (t) => {
      const { account } = await t.registered()
      const answers = await tryLogins(t, 30, account.email, WRONG)
      const wanted = [...Array<number>(10).fill(401), ...Array<number>(20).fill(429)].join(', ')
      const came = statusesOf(answers)
      expectThat(came === wanted, `ten times 401, twenty times 429`, answers[0] as Answer, came)
      const again = await tryLogins(t, 2, account.email, account.password)
      for (const answer of again) expectAnswer(answer, hasStatus(429), saysWhenToRetry)
    },
  },
  {
    id: 'login/unknown-account-locks-too',
    title: 'an account that does not exist locks like one that does',
    read: ['OWASP Authentication Cheat Sheet, error messages'],
    run: async (t) => {
      const answers = await tryLogins(t, 12, newAccount().email, WRONG)
      const came = statusesOf(answers)
      const wanted = [...Array<number>(10).fill(401), 429, 429].join(', ')
      expectThat(came === wanted, 'ten times 401, twice 429', answers[0] as Answer, came)
    },
  },
  {
    id: 'login/forged-addresses-reset-nothing',
    title: 'headers that name another client, and another case, reset no count',
    read: ['RFC 7239, section 8.1', 'OWASP ASVS 5.0, 6.3.1'],
    run: async (t) => {
      const { account } = await t.registered()
      await tryLogins(t, 10, account.email, WRONG)
      const headers = {
        authorization: `Basic ${base64(`${account.email.toUpperCase()}:x`)}`,
        'x-forwarded-for': '203.0.113.9',
        forwarded: 'for=203.0.113.9',
      }
      expectAnswer(await t.device().sendBare('POST', paths.login, headers), hasStatus(429))
    },
  },
  {
    id: 'login/success-does-not-count',
    title: 'logins that succeed use up no tries',
    read: ['OWASP ASVS 5.0, 6.3.1'],
    run: async (t) => {
      const { account } = await t.registered()
      for (let i = 0; i < 12; i += 1) await t.loggedIn(account)
    },
  },
  {
    id: 'login/lock-ends',
    title: 'the lock ends with its window',
    read: ['OWASP ASVS 5.0, 6.3.1'],
    needs: ['settings'],
    run: async (t) => {
      // Where the first window is over before the second login, the machine is too busy for it.
      for (const seconds of [1, 10, 100]) {
        const env = { LOGIN_FAILURES: '1', LOGIN_WINDOW_SECONDS: String(seconds) }
        if (await sawLockEnd(t, await t.start({ env }), seconds)) return
      }
      throw new RowFailure({
        came: 'three windows that were over before the next login',
        expected: 'a login within a window of 100 s after the one that failed',
      })
    },
  },
]

/** Whether there was a lock to see: a login that comes after the window is let in, and proves nothing. */
async function sawLockEnd(t: Trial, at: Instance, windowSeconds: number): Promise<boolean> {
  const { account } = await t.registered(at)
  const startedAt = performance.now()
  const wrong = await t.device(at).login({ ...account, password: WRONG })
  expectAnswer(wrong, hasStatus(401))
  const locked = await t.device(at).login(account)
  if (performance.now() - startedAt >= windowSeconds * 1000) return false
  expectAnswer(locked, hasStatus(429), saysWhenToRetry)
  // The window is the store's: its clock cannot be moved.
  await secondsPass(Number(locked.headers['retry-after']))
  expectAnswer(await t.device(at).login(account), hasStatus(200))
  return true
}

/** A little more, because a timer may fire early. */
async function secondsPass(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000 + 100))
}

async function tryLogins(
  t: Trial,
  times: number,
  email: string,
  password: string,
): Promise<Answer[]> {
  const tries = Array.from({ length: times }, () => tryLogin(t, { nickname: '', email, password }))
  return Promise.all(tries)
}

/** How often a server may say that it is too busy for this try. */
const MOST_POSTPONED = 10

/**
 * A server that somebody else runs may be too busy to look at a try. It says so with a 503, and when to come again; the
 * tests' own servers have no reason to.
 */
async function tryLogin(t: Trial, account: Registration): Promise<Answer> {
  for (let postponed = 0; ; postponed += 1) {
    const answer = await t.device().login(account)
    if (answer.status !== 503 || t.target.control || postponed === MOST_POSTPONED) return answer
    expectAnswer(answer, saysWhenToRetry)
    await secondsPass(Number(answer.headers['retry-after']))
  }
}

/** What an attacker can compare: all but what differs between any two answers. */
function comparable({ status, body, headers }: Answer): string {
  // Which instance answered is a balancer's choice, and no secret.
  const { date: _date, 'x-served-by': _instance, 'server-timing': timing, ...rest } = headers
  const counts = String(timing).replaceAll(/dur=[\d.]+/g, '')
  return JSON.stringify({ status, body, counts, headers: rest })
}

/** The work is what takes the time. Counted, it is the same on every machine. */
async function expectSameHashing(t: Trial, hashingOf: HashingOf): Promise<void> {
  const { account } = await t.registered()
  let answer: Answer | undefined
  const roundsFor = async (email: string): Promise<number> =>
    hashingOf(async () => {
      answer = await t.device().login({ nickname: '', email, password: WRONG })
    })
  const unknown = await roundsFor(newAccount().email)
  const wrong = await roundsFor(account.email)
  const came = `${unknown} rounds of hashing for an unknown email, ${wrong} for a wrong password`
  expectThat(unknown === wrong && wrong > 0, 'the same for both', answer as Answer, came)
}

async function expectSameTime(t: Trial): Promise<void> {
  const wrongPassword = wrongPasswords(t)
  const { quicker, medians } = await compareTimes([
    async () => millisecondsOf(t.device(), newAccount().email),
    async () => millisecondsOf(t.device(), await wrongPassword()),
  ])
  const answer = await t.device().login({ ...newAccount(), password: WRONG })
  const [unknown, wrong] = medians.map((ms) => `${ms.toFixed(1)} ms`)
  const came = `${unknown} for unknown emails, ${wrong} for wrong passwords`
  expectThat(quicker === undefined, `the same for both; one was ${TIMES_DIFFER}`, answer, came)
}

/** Emails of accounts that are not locked: each of them is tried this often. */
const TRIES_OF_AN_ACCOUNT = 7

function wrongPasswords(t: Trial): () => Promise<string> {
  let email = ''
  let left = 0
  return async () => {
    if (left === 0) {
      ;({ email } = (await t.registered()).account)
      left = TRIES_OF_AN_ACCOUNT
    }
    left -= 1
    return email
  }
}

async function millisecondsOf(device: Device, email: string): Promise<number> {
  const startedAt = performance.now()
  await device.login({ nickname: '', email, password: WRONG })
  return performance.now() - startedAt
}
