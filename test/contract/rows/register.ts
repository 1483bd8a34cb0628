import { paths } from '@session-vs-jwt/http-contract'
import { hasBody, hasStatus } from '@session-vs-jwt/workbench'
import { type Answer, newAccount } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import type { Trial } from '../suite/trial.js'
import { isLoggedIn, statusesOf } from './answers.js'

const PASSWORDS: readonly { what: string; password: string; isRefused: boolean; read: string }[] = [
  {
    what: '72-bytes',
    password: 'é'.repeat(36),
    isRefused: false,
    read: 'OWASP Password Storage Cheat Sheet, input limits of bcrypt',
  },
  {
    what: '73-bytes',
    password: `${'é'.repeat(36)}x`,
    isRefused: true,
    read: 'OWASP Password Storage Cheat Sheet, input limits of bcrypt',
  },
  { what: '7-characters', password: 'xk7-qpz', isRefused: true, read: 'OWASP ASVS 5.0, 6.2.1' },
  {
    what: '3-characters-of-9-bytes',
    password: '비밀번',
    isRefused: true,
    read: 'NIST SP 800-63B-4, 3.1.1.2: each code point is one character',
  },
  {
    what: '7-characters-of-14-utf-16-units',
    password: '😀'.repeat(7),
    isRefused: true,
    read: 'NIST SP 800-63B-4, 3.1.1.2: each code point is one character',
  },
  {
    what: '8-characters-of-32-bytes',
    password: '😀🔑😀🔑😀🔑😀🔑',
    isRefused: false,
    read: 'NIST SP 800-63B-4, 3.1.1.2: each code point is one character',
  },
  { what: 'common', password: 'password1', isRefused: true, read: 'OWASP ASVS 5.0, 6.2.4' },
  {
    what: 'common-in-capitals',
    password: 'PASSWORD1',
    isRefused: true,
    read: 'OWASP ASVS 5.0, 6.2.4',
  },
  {
    what: 'spaces-colons-emoji',
    password: ' : 🔑 : : ',
    isRefused: false,
    read: 'OWASP ASVS 5.0, 6.2.5',
  },
  { what: 'nul', password: 'abc\0defgh', isRefused: false, read: 'OWASP ASVS 5.0, 6.2.5' },
]

/** `POST /auth/register/email` */
export const registerRows: readonly Row[] = [
  {
    id: 'register/logs-in',
    title: '201 with the user and a credential that works: registered means logged in',
    read: ['RFC 9110, section 15.3.2'],
    run: async (t) => {
      const { device, account, answer } = await t.registered()
      expectAnswer(answer, hasBody('user', 'user'))
      const { nickname, email } = answer.body.user
      const isOwn = nickname === account.nickname && email === account.email
      expectThat(isOwn, `the user ${account.nickname}, ${account.email}`, answer)
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  },
  ...(['nickname', 'email'] as const).map((field): Row => ({
    id: `register/race-of-one-${field}`,
    title: `10 registrations of one ${field} at once: one wins, the others get 409`,
    read: ['CWE-367 (check, then use): the unique index of the database decides'],
    run: async (t) => {
      const same = newAccount()[field]
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => register(t, { [field]: same })),
      )
      const [first] = answers as [Answer]
      const statuses = statusesOf(answers)
      const one = [201, ...Array<number>(9).fill(409)].join(', ')
      expectThat(statuses === one, `the statuses ${one}`, first, `the statuses ${statuses}`)
      for (const answer of answers) {
        if (answer.status === 409) expectAnswer(answer, hasCode(`${field}_taken`))
      }
    },
  })),
  {
    id: 'register/names-without-case',
    title: 'a nickname or email that differs in case or width only is the same',
    read: ['RFC 5321, section 2.4', 'Unicode UAX 15'],
    run: async (t) => {
      const { account } = await t.registered()
      const { email, nickname } = account
      const twins = [
        { email: email.toUpperCase() },
        { nickname: nickname.toUpperCase() },
        { nickname: nickname.replace('a', '\uff41') },
      ]
      for (const twin of twins) expectAnswer(await register(t, twin), hasStatus(409))
      const shouting = { ...account, email: email.toUpperCase() }
      expectAnswer(await t.device().login(shouting), hasStatus(200))
    },
  },
  ...PASSWORDS.map(({ what, password, isRefused, read }): Row => ({
    id: `register/password-${what}`,
    title: isRefused
      ? `a password of the kind "${what}" is refused, and not cut`
      : `a password of the kind "${what}" is taken whole`,
    read: [read],
    run: async (t) => {
      const account = { ...newAccount(), password }
      const answer = await t.device().register(account)
      if (isRefused) {
        expectAnswer(answer, hasStatus(400), hasCode('password_refused'), namesFields('password'))
        return
      }
      expectAnswer(answer, hasStatus(201))
      expectAnswer(await t.device().login(account), hasStatus(200))
      const cut = { ...account, password: password.slice(0, -1) }
      expectAnswer(await t.device().login(cut), hasStatus(401))
    },
  })),
  {
    id: 'register/password-composed-and-decomposed',
    title: 'the same password typed composed and decomposed is one (NFC)',
    read: ['RFC 8265, section 4.2', 'NIST SP 800-63B, 5.1.1.2'],
    run: async (t) => {
      const account = { ...newAccount(), password: 'caf\u00e9 au lait' }
      await t.registered(t.target, account)
      const decomposed = { ...account, password: 'cafe\u0301 au lait' }
      expectAnswer(await t.device().login(decomposed), hasStatus(200))
    },
  },
  {
    id: 'register/every-wrong-field-named',
    title: '400 names every wrong field, the unknown ones too, in one answer',
    read: ['RFC 9457, section 3', 'OWASP API Security Top 10, API3 (mass assignment)'],
    run: async (t) => {
      const json = { nickname: '', email: 'nobody', password: 7, admin: true }
      const answer = await t.device().send('POST', paths.register, json)
      const fields = namesFields('nickname', 'email', 'password', 'admin')
      expectAnswer(answer, hasStatus(400), hasCode('validation_failed'), fields)
    },
  },
  {
    id: 'register/refused-means-nothing-happened',
    title: 'an account that was refused does not exist',
    read: ['RFC 9110, section 15.5.1'],
    run: async (t) => {
      const account = { ...newAccount(), password: 'short' }
      expectAnswer(await t.device().register(account), hasStatus(400))
      expectAnswer(await t.device().login(account), hasStatus(401))
      await t.registered(t.target, { ...account, password: 'a longer one' })
    },
  },
]

async function register(t: Trial, part: Partial<ReturnType<typeof newAccount>>): Promise<Answer> {
  return t.device().register({ ...newAccount(), ...part })
}

/** The problem names exactly these fields. */
function namesFields(...fields: readonly string[]) {
  return ({ body }: Answer['exchange']): string | undefined => {
    const { errors = [] } = JSON.parse(body) as { errors?: { field: string }[] }
    const named = [...new Set(errors.map(({ field }) => field))].toSorted().join(', ')
    const wanted = fields.toSorted().join(', ')
    return named === wanted ? undefined : `errors that name the fields ${wanted}`
  }
}
