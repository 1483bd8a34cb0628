import { paths } from '@session-vs-jwt/http-contract'
import { hasBody, hasStatus } from '@session-vs-jwt/workbench'
import { type Answer, newAccount } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import { isLoggedIn, statusesOf } from './answers.js'
import { afterLogoutAll, renewsAfter } from './promised.js'

const NEW = 'a new and better one'

/** `GET /users/me` and `PATCH /users/me` */
export const profileRows: readonly Row[] = [
  {
    id: 'profile/own',
    title: 'the own profile, and nothing that is nobody’s business (no hash)',
    read: ['OWASP API Security Top 10, API3 (property level authorization)'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const answer = await device.send('GET', paths.me)
      expectAnswer(answer, hasStatus(200), hasBody('user', 'user'))
      const { nickname, email } = answer.body.user
      const isOwn = nickname === account.nickname && email === account.email
      expectThat(isOwn, `${account.nickname}, ${account.email}`, answer)
    },
  },
  {
    id: 'profile/nickname',
    title: 'the nickname is changed, and stays changed',
    read: ['RFC 5789, section 2'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const nickname = `${account.nickname} too`
      const changed = await device.send('PATCH', paths.me, { nickname })
      expectAnswer(changed, hasStatus(200), hasBody('user', 'user'))
      const answer = await device.send('GET', paths.me)
      expectThat(answer.body.user?.nickname === nickname, `the nickname ${nickname}`, answer)
    },
  },
  {
    id: 'profile/nickname-taken',
    title: 'a nickname that is taken cannot be taken by a change',
    read: ['RFC 9110, section 15.5.10'],
    run: async (t) => {
      const [ann, bob] = [await t.registered(), await t.registered()]
      const { nickname } = bob.account
      const answer = await ann.device.send('PATCH', paths.me, { nickname })
      expectAnswer(answer, hasStatus(409), hasCode('nickname_taken'))
    },
  },
  {
    id: 'profile/race-of-one-nickname',
    title: '5 users who take one nickname at once: one gets it, the others get 409',
    read: ['CWE-367 (check, then use): the unique index of the database decides'],
    run: async (t) => {
      const users = await Promise.all(Array.from({ length: 5 }, () => t.registered()))
      const { nickname } = newAccount()
      const answers = await Promise.all(
        users.map(({ device }) => device.send('PATCH', paths.me, { nickname })),
      )
      const came = statusesOf(answers)
      expectThat(
        came === '200, 409, 409, 409, 409',
        'once 200, else 409',
        answers[0] as Answer,
        came,
      )
    },
  },
  {
    id: 'profile/password',
    title: 'a new password, with the current one: the old one is dead, this device goes on',
    read: ['OWASP ASVS 5.0, 6.2.3'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const change = { password: NEW, currentPassword: account.password }
      expectAnswer(await device.send('PATCH', paths.me, change), hasStatus(200))
      expectAnswer(await device.rotate(), hasStatus(200))
      expectAnswer(await device.renew(), hasStatus(200))
      expectAnswer(await device.whoami(), isLoggedIn)
      expectAnswer(await t.device().login(account), hasStatus(401))
      expectAnswer(await t.device().login({ ...account, password: NEW }), hasStatus(200))
    },
  },
  {
    id: 'profile/password-ends-other-devices',
    title: 'a new password ends all other devices, where the server can',
    read: ['OWASP ASVS 5.0, 7.4.3'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const other = await t.loggedIn(account)
      const change = { password: NEW, currentPassword: account.password }
      expectAnswer(await device.send('PATCH', paths.me, change), hasStatus(200))
      expectAnswer(await other.whoami(), hasStatus(...afterLogoutAll(t)))
      expectAnswer(await other.rotate(), hasStatus(...renewsAfter(t)))
    },
  },
  {
    id: 'profile/password-needs-the-current-one',
    title: 'a wrong current password changes nothing, and a missing one is named',
    read: ['OWASP ASVS 5.0, 6.2.3'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const wrong = { password: NEW, currentPassword: 'not the password' }
      const answer = await device.send('PATCH', paths.me, wrong)
      expectAnswer(answer, hasStatus(403), hasCode('wrong_current_password'))
      const bare = await device.send('PATCH', paths.me, { password: NEW })
      expectAnswer(bare, hasStatus(400), hasCode('validation_failed'))
      expectAnswer(await t.device().login(account), hasStatus(200))
    },
  },
  {
    id: 'profile/password-policy',
    title: 'a new password meets the same policy as the first one',
    read: ['OWASP ASVS 5.0, 6.2.4'],
    run: async (t) => {
      const { device, account } = await t.registered()
      for (const password of ['short', 'password1', 'é'.repeat(37)]) {
        const change = { password, currentPassword: account.password }
        const answer = await device.send('PATCH', paths.me, change)
        expectAnswer(answer, hasStatus(400), hasCode('password_refused'))
      }
      expectAnswer(await t.device().login(account), hasStatus(200))
    },
  },
  {
    id: 'profile/guesses-are-bounded',
    title: 'guesses at the current password are bounded as logins are',
    read: ['OWASP ASVS 5.0, 6.3.1'],
    run: async (t) => {
      const { device } = await t.registered()
      const guess = { password: NEW, currentPassword: 'a wrong guess' }
      const tries = Array.from({ length: 12 }, () => device.send('PATCH', paths.me, guess))
      const answers = await Promise.all(tries)
      const came = statusesOf(answers)
      const wanted = [...Array<number>(10).fill(403), 429, 429].join(', ')
      expectThat(came === wanted, 'ten times 403, twice 429', answers[0] as Answer, came)
    },
  },
  {
    id: 'profile/two-password-changes-at-once',
    title: 'of two devices that change the password at once, the winner stays logged in',
    read: ['CWE-362'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const devices = [device, await t.loggedIn(account)]
      const changes = devices.map((it, index) => {
        const password = `the new one of ${index}`
        return it.send('PATCH', paths.me, { password, currentPassword: account.password })
      })
      const answers = await Promise.all(changes)
      const won = answers.findIndex(({ status }) => status === 200)
      // The loser was in time with the old password, or came too late with it.
      const loser = answers[1 - won] as Answer
      expectThat(won >= 0, 'one of them with 200', answers[0] as Answer)
      expectAnswer(loser, hasStatus(401, 403, 409))
      expectAnswer(await (devices[won] as typeof device).rotate(), hasStatus(200))
    },
  },
  {
    id: 'profile/login-with-the-old-password-at-once',
    title: 'a login with the old password that overlaps its change does not stay',
    read: ['CWE-362', 'OWASP ASVS 5.0, 7.4.3'],
    run: async (t) => {
      for (let race = 0; race < 10; race += 1) {
        const { device, account } = await t.registered()
        const late = t.device()
        const change = { password: `the new one ${race}`, currentPassword: account.password }
        const [changed, login] = await Promise.all([
          device.send('PATCH', paths.me, change),
          late.login(account),
        ])
        expectAnswer(changed, hasStatus(200))
        const kept = t.promised('devices', { true: 401, false: login.status === 200 ? 200 : 401 })
        expectAnswer(await late.rotate(), hasStatus(...kept))
      }
    },
  },
]
