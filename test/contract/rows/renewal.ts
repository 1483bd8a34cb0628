import { all, hasBody, hasStatus, isRefused } from '@session-vs-jwt/workbench'
import type { Answer } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import type { Trial } from '../suite/trial.js'
import { isLoggedIn, statusesOf } from './answers.js'
import { part } from './tokens.js'

/** What a rotation replaces: the cookie, or the refresh token. */
const REPLACED = { session: 'access', jwt: 'refresh' } as const

/** Whether a credential that was spent still opens something, as the strategy has it. */
export const spent = (t: Trial): number[] =>
  t.promised('spentCredential', { refused: 401, 'still-works': 200 })

const RACES = 15

/** `POST /auth/token/access` and `POST /auth/token/refresh` */
export const renewalRows: readonly Row[] = [
  {
    id: 'renew/access-goes-on',
    title: '200: new tokens, or a later idle deadline; and the credential works',
    read: ['RFC 6749, section 6'],
    run: async (t) => {
      const { device } = await t.registered()
      const body = hasBody(t.target.server === 'jwt' ? 'renewedTokens' : 'expiry')
      expectAnswer(await device.renew(), hasStatus(200), body)
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  },
  {
    id: 'renew/moves-the-idle-deadline',
    title: 'after a renewal the session lives its idle time anew',
    read: ['OWASP ASVS 5.0, 7.3.1'],
    only: 'session',
    needs: ['clock'],
    run: async (t) => {
      const own = await t.start()
      const { device } = await t.registered(own)
      // Sooner than a read would move the deadline by itself.
      own.clock.advance(5 * 60)
      expectAnswer(await device.renew(), hasStatus(200))
      own.clock.advance(29 * 60)
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  },
  {
    id: 'renew/keeps-its-owner',
    title: 'what was renewed and rotated, twice, still names its user',
    read: ['RFC 7519, section 4.1.2'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const { id } = (await device.whoami()).body
      for (const step of [device.rotate, device.renew, device.rotate, device.renew]) {
        expectAnswer(await step(), hasStatus(200))
      }
      const answer = await device.whoami()
      expectAnswer(answer, isLoggedIn)
      const isOwn = answer.body.id === id && answer.body.email === account.email
      expectThat(isOwn, `the id ${id} and ${account.email}`, answer)
    },
  },
  {
    id: 'rotate/new-credential',
    title: '200 and a new credential: another refresh token, or another session id',
    read: ['RFC 9700, section 4.14.2', 'OWASP Session Management Cheat Sheet, renewal of the id'],
    run: async (t) => {
      const { device } = await t.registered()
      const which = REPLACED[t.target.server]
      const before = device[which]
      const answer = await device.rotate()
      const body = hasBody(t.target.server === 'jwt' ? 'refreshToken' : 'expiry')
      expectAnswer(answer, hasStatus(200), body)
      expectThat(device[which] !== before, 'a credential that is not the old one', answer)
      expectAnswer(await device.renew(), hasStatus(200))
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  },
  ...(['rotate', 'renew'] as const).map((how): Row => ({
    id: `${how}/spent-credential`,
    title: `a credential that was spent is refused at ${how}, if the server keeps any state`,
    read: ['RFC 9700, section 4.14.2'],
    run: async (t) => {
      const { device } = await t.registered()
      const old = device.copy()
      expectAnswer(await device.rotate(), hasStatus(200))
      expectAnswer(await device.rotate(), hasStatus(200))
      expectAnswer(await old[how](), hasStatus(...spent(t)))
    },
  })),
  {
    id: 'renew/spends-the-refresh-token',
    title: 'a renewal spends the refresh token and returns the next; without state it does neither',
    read: ['RFC 9700, section 4.14.2'],
    only: 'jwt',
    run: async (t) => {
      const { device } = await t.registered()
      const [old, kept] = [device.copy(), device.refresh]
      const answer = await device.renew()
      expectAnswer(answer, hasStatus(200))
      const isNew = device.refresh !== kept
      const wanted = t.promised('spentCredential', { refused: 1, 'still-works': 0 })
      expectThat(wanted.includes(Number(isNew)), 'a new refresh token, or none to spend', answer)
      if (isNew) expectAnswer(answer, hasBody('tokens'))
      expectAnswer(await device.rotate(), hasStatus(200))
      // Without state a thief and the owner renew side by side until the token expires, and nobody notices.
      expectAnswer(await old.renew(), hasStatus(...spent(t)))
    },
  },
  ...(['rotate', 'renew'] as const).map((how): Row => ({
    id: `${how}/replay-ends-the-family`,
    title: `a refresh token that comes back at ${how} ends its family, the newest child too; other logins go on`,
    read: ['RFC 9700, section 4.14.2'],
    only: 'jwt',
    run: async (t) => {
      const { device, account } = await t.registered()
      const other = await t.loggedIn(account)
      const thief = device.copy()
      expectAnswer(await device[how](), hasStatus(200))
      const replay = await thief[how]()
      if (replay.status === 200 && spent(t).includes(200)) return
      expectAnswer(replay, isRefused, hasCode('reused_credential'))
      expectAnswer(await device.rotate(), hasStatus(401))
      expectAnswer(await device.renew(), hasStatus(401))
      expectAnswer(await other.rotate(), hasStatus(200))
    },
  })),
  {
    id: 'rotate/20-at-once',
    title:
      'of 20 that spend one credential at once a single one wins: they rotate it, or renew with a token',
    read: ['RFC 9700, section 4.14.2', 'CWE-367'],
    run: async (t) => {
      const { device } = await t.registered()
      const tabs = Array.from({ length: 20 }, () => device.copy())
      const renews = (i: number): boolean => t.target.server === 'jwt' && i % 2 === 1
      const answers = await Promise.all(
        tabs.map((tab, i) => (renews(i) ? tab.renew() : tab.rotate())),
      )
      const winners = t.promised('spentCredential', { refused: 1, 'still-works': 20 })
      const won = answers.filter(({ status }) => status === 200).length
      const came = `the statuses ${statusesOf(answers)}`
      const holds = winners.includes(won) && answers.every(isAnswered)
      expectThat(holds, `${winners.join(' or ')} times 200, else 401`, answers[0] as Answer, came)
    },
  },
  {
    id: 'rotate/loser-keeps-the-cookie-of-the-winner',
    title: 'two tabs rotate at once: the answer of the loser leaves the cookie of the winner alone',
    read: ['RFC 6265, section 5.3'],
    only: 'session',
    run: async (t) => {
      for (let race = 0; race < RACES; race += 1) {
        const { device } = await t.registered()
        const tabs = [device.copy(), device.copy()]
        const answers = await Promise.all(tabs.map((tab) => tab.rotate()))
        for (const answer of answers) {
          const isSet = answer.headers['set-cookie'] !== undefined
          expectThat(isSet === (answer.status === 200), 'Set-Cookie with 200 only', answer)
        }
        const winner = tabs[answers.findIndex(({ status }) => status === 200)]
        if (!winner) expectThat(false, 'one tab with 200', answers[0] as Answer)
        else expectAnswer(await winner.whoami(), isLoggedIn)
      }
    },
  },
  {
    id: 'rotate/deadline-is-absolute',
    title: 'no renewal and no rotation goes beyond 8 hours after the login',
    read: ['OWASP ASVS 5.0, 7.3.2', 'RFC 9700, section 4.14.2'],
    needs: ['clock'],
    run: async (t) => {
      const own = await t.start()
      const { device } = await t.registered(own)
      for (let minutes = 15; minutes < 8 * 60; minutes += 15) {
        own.clock.advance(15 * 60)
        const step = minutes % 30 === 0 ? device.renew : device.rotate
        expectAnswer(await step(), hasStatus(200))
      }
      expectAnswer(await device.rotate(), hasStatus(200))
      own.clock.advance(15 * 60)
      // Without state there is no login that could end: every rotation begins a new one.
      const statuses =
        t.target.server === 'session'
          ? [401]
          : t.promised('spentCredential', { refused: 401, 'still-works': 200 })
      expectAnswer(await device.rotate(), hasStatus(...statuses))
    },
  },
  {
    id: 'renew/access-does-not-outlive-the-refresh-token',
    title: 'no access token outlives the refresh token that came with it, or that renewed it',
    read: ['RFC 9700, section 4.14.2'],
    only: 'jwt',
    needs: ['settings', 'clock'],
    run: async (t) => {
      const own = await t.start({ env: { REFRESH_TOKEN_SECONDS: '60' } })
      const { device } = await t.registered(own)
      own.clock.advance(30)
      expectAnswer(await device.renew(), hasStatus(200))
      const left = Number(part(device.refresh, 1)['exp']) - Number(part(device.access, 1)['iat'])
      own.clock.advance(left - 2)
      expectAnswer(await device.whoami(), isLoggedIn)
      own.clock.advance(2)
      expectAnswer(await device.whoami(), all(isRefused, hasCode('expired_credential')))
    },
  },
]

const isAnswered = ({ status }: Answer): boolean => status === 200 || status === 401
