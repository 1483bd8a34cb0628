import { paths } from '@session-vs-jwt/http-contract'
import { hasStatus, isRefused, type Promises, readServerTiming } from '@session-vs-jwt/workbench'
import type { Answer, Device } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode, RowFailure } from '../suite/row-failure.js'
import { allowed, namesOf } from '../suite/target.js'
import type { Trial } from '../suite/trial.js'
import { deleteAccount } from './account.js'
import { isLoggedIn, saysWhenToRetry } from './answers.js'
import { onDevices } from './promised.js'

type Key = keyof Promises

/** A row in which strategies differ: what was seen must be what the strategy promises. */
export interface StrategyRow extends Row {
  readonly promise: Key
  /** What the server does. */
  readonly observe: (trial: Trial) => Promise<Promises[Key]>
}

/** Each promise of a strategy, kept or not. */
export const strategyRows: readonly StrategyRow[] = [
  promiseRow('stateIn', {
    title: 'where a login is kept',
    read: ['OWASP Session Management Cheat Sheet'],
    needs: ['stores', 'restart'],
    observe: async (t) => {
      const own = await t.start()
      const { device, answer } = await t.registered(own)
      const { redis, postgres } = await t.control.stateOf(answer.body.user.id)
      if (redis > 0) return 'redis'
      if (postgres > 0) return 'postgres'
      return (await isKnown(device.at(await t.start()))) ? 'credential' : 'process'
    },
  }),
  promiseRow('clientCanRead', {
    title: 'whether the holder of the credential can read what is in it',
    read: ['RFC 7519, section 12', 'RFC 4648, section 5'],
    observe: async (t) => {
      const { device, account } = await t.registered()
      return readableParts(device.access).some((text) => text.includes(account.email))
    },
  }),
  promiseRow('afterLogout', {
    title: 'a copy of the credential, after the logout',
    read: ['OWASP ASVS 5.0, 7.4.1', 'RFC 7009, section 3'],
    observe: async (t) => {
      const { device } = await t.registered()
      const copy = device.copy()
      expectAnswer(await device.logout(), hasStatus(204))
      return (await isKnown(copy)) ? 'lives-until-expiry' : 'dead-at-once'
    },
  }),
  promiseRow('afterLogoutAll', {
    title: 'a copy of the credential, after a logout everywhere and after a new password',
    read: ['OWASP ASVS 5.0, 7.4.1', 'OWASP ASVS 5.0, 7.4.3'],
    observe: async (t) => {
      const { device, account } = await t.registered()
      const [copy, other] = [device.copy(), await t.loggedIn(account)]
      expectAnswer(await device.logoutAll(), onDevices(t, 204))
      const isDead = !(await isKnown(copy))
      expectThat(
        (await isKnown(other)) !== isDead,
        'the same on every device',
        await other.whoami(),
      )
      // Within the same second: what logs in now isn't taken for what has just been ended.
      const [first, second] = [await t.loggedIn(account), await t.loggedIn(account)]
      expectAnswer(await first.whoami(), isLoggedIn)
      const change = { password: 'a new and better one', currentPassword: account.password }
      expectAnswer(await first.send('PATCH', paths.me, change), hasStatus(200))
      expectThat((await isKnown(second)) !== isDead, 'the same again', await second.whoami())
      return isDead ? 'dead-at-once' : 'lives-until-expiry'
    },
  }),
  promiseRow('afterOwnNewPassword', {
    title: 'the credential with which its user has set a new password',
    read: ['OWASP ASVS 5.0, 7.4.3'],
    observe: async (t) => {
      const { device, account } = await t.registered()
      const change = { password: 'a new and better one', currentPassword: account.password }
      expectAnswer(await device.send('PATCH', paths.me, change), hasStatus(200))
      const goesOn = await isKnown(device)
      expectAnswer(await device.renew(), hasStatus(200))
      expectAnswer(await device.whoami(), isLoggedIn)
      return goesOn ? 'goes-on' : 'must-be-renewed'
    },
  }),
  promiseRow('afterUserDeleted', {
    title: 'a credential whose user has deleted the account',
    read: ['OWASP ASVS 5.0, 7.4.2'],
    observe: async (t) => {
      const { device: owner, account } = await t.registered()
      const device = await t.loggedIn(account)
      expectAnswer(await deleteAccount(owner, account.password), hasStatus(204))
      // Even where the credential still says who sends it, a request that needs the user is refused.
      const change = { password: 'a new and better one', currentPassword: account.password }
      const needUser = [
        await device.send('GET', paths.me),
        await device.send('PATCH', paths.me, change),
        await device.send('PATCH', paths.me, { nickname: account.nickname }),
        await device.send('POST', paths.posts, { title: 'T', body: 'B' }),
        await deleteAccount(device, account.password),
      ]
      for (const it of needUser) expectAnswer(it, isRefused, hasCode('invalid_credential'))
      return (await isKnown(device)) ? 'lives-until-expiry' : 'dead-at-once'
    },
  }),
  promiseRow('spentCredential', {
    title: 'the credential that a rotation replaced, used once more',
    read: ['RFC 9700, section 4.14.2'],
    observe: async (t) => {
      const { device } = await t.registered()
      const spent = device.copy()
      expectAnswer(await device.rotate(), hasStatus(200))
      const answer = await spent.rotate()
      expectAnswer(answer, hasStatus(200, 401))
      return answer.status === 200 ? 'still-works' : 'refused'
    },
  }),
  promiseRow('devices', {
    title: 'whether the server can list a user’s logins and end them',
    read: ['OWASP ASVS 5.0, 7.5.2'],
    observe: async (t) => {
      const { device } = await t.registered()
      const answer = await device.devices()
      expectAnswer(answer, hasStatus(200, 501))
      return answer.status === 200
    },
  }),
  promiseRow('afterRestart', {
    title: 'a login, after the server was started again',
    read: ['The Twelve-Factor App, VI. Processes'],
    needs: ['restart'],
    observe: async (t) => {
      const own = await t.start()
      const { device } = await t.registered(own)
      await own.stop()
      return (await isKnown(device.at(await t.start()))) ? 'kept' : 'lost'
    },
  }),
  promiseRow('secondInstance', {
    title: 'a login, at a second instance of the server',
    read: ['The Twelve-Factor App, VI. Processes'],
    needs: ['second instance'],
    observe: async (t) => {
      const [first, second] = [await t.start(), await t.start()]
      const { device } = await t.registered(first)
      const there = device.at(second)
      const isWelcome = (await isKnown(there)) && (await there.rotate()).status === 200
      return isWelcome ? 'knows-it' : 'does-not'
    },
  }),
  promiseRow('withoutRedis', {
    title: 'a request that needs the identity only, with Redis stopped',
    read: ['RFC 9110, section 15.6.4'],
    needs: ['stores'],
    observe: async (t) => {
      const own = await t.start({ ownRedis: true })
      const { device } = await t.registered(own)
      await own.stopRedis()
      const answer = await device.whoami()
      expectAnswer(answer, hasStatus(200, 503))
      if (answer.status === 200) return 'served'
      expectAnswer(answer, saysWhenToRetry)
      return 'unavailable'
    },
  }),
  promiseRow('identityCost', {
    title: 'SQL statements and Redis commands of a request that needs the identity only',
    read: ['Server Timing, W3C'],
    needs: ['trace'],
    observe: async (t) => {
      const { device } = await t.registered()
      const { sql, redis } = costsOf(await device.whoami())
      const profile = await device.send('GET', paths.me)
      const isOneMore = costsOf(profile).sql === sql + 1 && costsOf(profile).redis === redis
      expectThat(isOneMore, 'one statement more for the profile', profile)
      for (const path of [paths.live, paths.whoami]) {
        const bare = await t.device().sendBare('GET', path)
        const { sql: reads, redis: commands } = costsOf(bare)
        expectThat(reads + commands === 0, 'no lookup without a credential', bare)
      }
      return { sql, redis }
    },
  }),
]

interface PromiseText<Name extends Key> {
  readonly title: string
  readonly read: Row['read']
  readonly needs?: NonNullable<Row['needs']>
  readonly observe: (trial: Trial) => Promise<Promises[Name]>
}

export function promiseRow<Name extends Key>(promise: Name, text: PromiseText<Name>): StrategyRow {
  return {
    ...text,
    id: `strategy/${promise}`,
    promise,
    run: async (t: Trial) => {
      const seen = await text.observe(t)
      t.seen[promise] = seen
      const promised = allowed(t.target, promise).map((it) => JSON.stringify(it))
      if (promised.includes(JSON.stringify(seen))) return
      throw new RowFailure({
        came: JSON.stringify(seen),
        expected: `${promised.join(' or ')}, as ${namesOf(t.target.strategies)} promises`,
      })
    },
  }
}

export async function isKnown(device: Device): Promise<boolean> {
  const answer = await device.whoami()
  expectAnswer(answer, hasStatus(200, 401))
  return answer.status === 200
}

function costsOf({ headers, exchange }: Answer): { sql: number; redis: number } {
  const costs = readServerTiming(headers['server-timing'])
  if (costs) return costs
  throw new RowFailure({
    came: `${exchange.status} without it`,
    expected: 'a Server-Timing header',
  })
}

/** What anybody reads in a credential: every run of Base64url, decoded. */
function readableParts(credential: string): string[] {
  const runs = credential.match(/[\w-]{8,}/g) ?? []
  return runs.map((run) => Buffer.from(run, 'base64url').toString())
}
