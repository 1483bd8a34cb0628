import { paths } from '@session-vs-jwt/http-contract'
import { hasStatus, isRefused } from '@session-vs-jwt/workbench'
import { type Answer, type Device, newAccount } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import { isLoggedIn, statusesOf } from './answers.js'
import { afterUserDeleted, renewsAfter } from './promised.js'

const RACES = 5

/** `DELETE /users/me` with a password. */
export async function deleteAccount(device: Device, currentPassword: string): Promise<Answer> {
  return device.send('DELETE', paths.me, { currentPassword })
}

/** `DELETE /users/me` */
export const accountRows: readonly Row[] = [
  {
    id: 'account/deleted',
    title: 'the account is gone, and nobody can log in to it any more',
    read: ['GDPR, article 17'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const answer = await deleteAccount(device, account.password)
      expectAnswer(answer, hasStatus(204))
      expectThat(answer.exchange.body === '', 'no body', answer)
      const login = await t.device().login(account)
      expectAnswer(login, hasStatus(401), hasCode('invalid_credentials'))
    },
  },
  {
    id: 'account/ends-every-login',
    title: 'every login of the account ends, where the server can, and nobody else’s',
    read: ['OWASP ASVS 5.0, 7.4.2'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const other = await t.loggedIn(account)
      const stranger = (await t.registered()).device
      const copies = [device.copy(), other.copy()]
      expectAnswer(await deleteAccount(device, account.password), hasStatus(204))
      for (const copy of copies) {
        expectAnswer(await copy.whoami(), hasStatus(...afterUserDeleted(t)))
        expectAnswer(await copy.rotate(), hasStatus(...renewsAfter(t)))
        expectAnswer(await copy.renew(), hasStatus(...renewsAfter(t)))
      }
      expectAnswer(await stranger.whoami(), isLoggedIn)
      expectAnswer(await stranger.rotate(), hasStatus(200))
    },
  },
  {
    id: 'account/takes-the-cookie-back',
    title: 'the answer has the browser forget the cookie',
    read: ['RFC 6265, section 3.1'],
    only: 'session',
    run: async (t) => {
      const { device, account } = await t.registered()
      expectAnswer(await deleteAccount(device, account.password), hasStatus(204))
      expectAnswer(await device.whoami(), isRefused, hasCode('missing_credential'))
    },
  },
  {
    id: 'account/names-are-free',
    title:
      'nickname and email can be registered again, and nothing of the old account comes with them',
    read: ['CWE-459 (incomplete cleanup)'],
    run: async (t) => {
      const { device, account, answer: first } = await t.registered()
      const post = { title: 'T', body: 'B' }
      expectAnswer(await device.send('POST', paths.posts, post), hasStatus(201))
      const old = device.copy()
      expectAnswer(await deleteAccount(device, account.password), hasStatus(204))
      const { device: heir, answer } = await t.registered(t.target, account)
      expectThat(answer.body.user.id !== first.body.user.id, 'another id', answer)
      // An access token that outlives its account must not show what the account had.
      for (const it of [heir, old]) {
        const posts = await it.send('GET', paths.posts)
        const isEmpty = posts.status === 200 && posts.body.posts.length === 0
        expectThat(isEmpty || (it === old && posts.status === 401), 'no posts', posts)
      }
    },
  },
  {
    id: 'account/needs-the-password',
    title: 'a wrong password deletes nothing, and a missing one is named',
    read: ['OWASP ASVS 5.0, 7.5.1'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const wrong = await deleteAccount(device, 'not the password')
      expectAnswer(wrong, hasStatus(403), hasCode('wrong_current_password'))
      const missing = await device.send('DELETE', paths.me, {})
      expectAnswer(missing, hasStatus(400), hasCode('validation_failed'))
      const unwanted = { currentPassword: account.password, nickname: account.nickname }
      const more = await device.send('DELETE', paths.me, unwanted)
      expectAnswer(more, hasStatus(400), hasCode('validation_failed'))
      const bare = await device.send('DELETE', paths.me)
      expectAnswer(bare, hasStatus(415), hasCode('unsupported_media_type'))
      expectAnswer(await device.send('GET', paths.me), hasStatus(200))
      expectAnswer(await t.device().login(account), hasStatus(200))
    },
  },
  {
    id: 'account/guesses-are-bounded',
    title: 'guesses at the current password are bounded as logins are',
    read: ['OWASP ASVS 5.0, 6.3.1'],
    run: async (t) => {
      const { device } = await t.registered()
      const tries = Array.from({ length: 12 }, () => deleteAccount(device, 'a wrong guess'))
      const answers = await Promise.all(tries)
      const came = statusesOf(answers)
      const wanted = [...Array<number>(10).fill(403), 429, 429].join(', ')
      expectThat(came === wanted, 'ten times 403, twice 429', answers[0] as Answer, came)
    },
  },
  {
    id: 'account/deleted-twice-at-once',
    title: 'of two devices that delete the account at once, neither meets a fault of the server',
    read: ['CWE-362'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const devices = [device, await t.loggedIn(account)]
      const answers = await Promise.all(devices.map((it) => deleteAccount(it, account.password)))
      const won = answers.filter(({ status }) => status === 204)
      expectThat(won.length > 0, 'one of them with 204', answers[0] as Answer)
      // The other one was as fast, or came too late.
      for (const answer of answers) expectAnswer(answer, hasStatus(204, 401))
    },
  },
  {
    id: 'account/login-at-once',
    title: 'a login that overlaps the deletion does not stay',
    read: ['CWE-362', 'OWASP ASVS 5.0, 7.4.2'],
    run: async (t) => {
      for (let race = 0; race < RACES; race += 1) {
        const { device, account } = await t.registered()
        const late = t.device()
        const [deleted, login] = await Promise.all([
          deleteAccount(device, account.password),
          late.login(account),
        ])
        expectAnswer(deleted, hasStatus(204))
        expectAnswer(login, hasStatus(200, 401))
        const kept = t.promised('devices', { true: 401, false: login.status === 200 ? 200 : 401 })
        expectAnswer(await late.rotate(), hasStatus(...kept))
      }
    },
  },
  {
    id: 'account/post-at-once',
    title:
      'a post that overlaps the deletion is written or refused with 401, and is no fault of the server',
    read: ['CWE-362'],
    run: async (t) => {
      for (let race = 0; race < RACES; race += 1) {
        const { device, account } = await t.registered()
        const author = await t.loggedIn(account)
        const [deleted, ...posts] = await Promise.all([
          deleteAccount(device, account.password),
          ...Array.from({ length: 4 }, () =>
            author.send('POST', paths.posts, { title: newAccount().nickname, body: 'B' }),
          ),
        ])
        expectAnswer(deleted, hasStatus(204))
        for (const post of posts) expectAnswer(post, hasStatus(201, 401))
      }
    },
  },
]
