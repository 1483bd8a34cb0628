import type { Registration, StrategyId } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Device, registered } from '../device.js'
import { type Answer, Load, timed, until } from '../faults/load.js'
import { Pacemaker } from '../faults/pacemaker.js'
import { BACK_WITHIN_MS, notRefused } from '../faults/promises.js'
import { type FaultServer, Stack } from '../faults/stack.js'
import { record } from './figures.js'
import { type GroupKind, promoted, type RedisGroup, startGroup } from './groups.js'

const STRATEGIES: readonly StrategyId[] = ['session-redis', 'jwt-rotating', 'jwt-denylist']
/** Enough that every master of a cluster has some of them. */
const USERS = 9
/** The servers of these tests take a silent master for dead after 2 s, and then vote. */
const PROMOTED_WITHIN_MS = 12_000

/** Somebody whose requests go on all the time. */
interface User {
  readonly server: FaultServer
  readonly device: Device
  readonly account: Registration
  /** Devices that were logged in meanwhile, and whose users were told so. */
  readonly acknowledged: Device[]
}

describe.each<[GroupKind, string, (group: RedisGroup) => void | Promise<void>]>([
  ['cluster', 'a master killed', async (group) => group.servers[0]?.kill()],
  ['cluster', 'a master paused', (group) => group.servers[0]?.pause()],
  ['sentinels', 'the master killed', async (group) => group.servers[0]?.kill()],
  ['sentinels', 'the master paused', (group) => group.servers[0]?.pause()],
])('%s, %s under load', (kind, what, strike) => {
  let group: RedisGroup
  let stack: Stack
  let users: User[]
  let answers: readonly Answer[]
  let lateMs: number
  let promotedAfterMs: number
  let backAfterMs: number
  const lost = new Map<StrategyId, number>()

  beforeAll(async () => {
    group = await startGroup(kind)
    const stores = { databaseUrl: inject('databaseUrl'), redisUrl: group.url }
    stack = await Stack.start({ strategies: STRATEGIES, own: [], ...stores })
    users = (await Promise.all(stack.servers.map(manyOf))).flat()
    const load = new Load(users.flatMap(requestsOf), 150)
    await until('all have logged in again', () => users.every(hasLoggedIn), 10_000)
    const pacemaker = await Pacemaker.start()
    const struckAt = performance.now()
    await strike(group)
    const promotedAt = await promoted(group.replicaOf(0), PROMOTED_WITHIN_MS)
    promotedAfterMs = promotedAt - struckAt
    await until('all are served', async () => areServed(users), PROMOTED_WITHIN_MS)
    backAfterMs = performance.now() - promotedAt
    answers = await load.stop()
    lateMs = pacemaker.lateMs
    await pacemaker.stop()
    for (const { server, acknowledged } of users) {
      const { id } = server.strategy
      for (const device of acknowledged) {
        const isThere = (await device.renew()).status === 200
        lost.set(id, (lost.get(id) ?? 0) + (isThere ? 0 : 1))
      }
    }
    await record('failover', STRATEGIES.map(figureOf))
  }, 90_000)
  afterAll(async () => {
    group?.servers[0]?.resume()
    await stack?.stop()
    await group?.stop()
  })

  test('every answer is an own one, or 503 within a second: nobody is anonymous', () => {
    const emails = new Set(users.map(({ account }) => account.email))
    const wrong = answers.flatMap((answer) => {
      if (answer.status !== 200) return notRefused(answer, lateMs) ?? []
      const isOwn = answer.name.endsWith('devices') || emails.has(emailIn(answer))
      return isOwn ? [] : [`${answer.name}: ${JSON.stringify(answer.body)}`]
    })
    expect(wrong).toEqual([])
  })

  test('somebody was refused, and more were served', () => {
    const refused = answers.filter(({ status }) => status === 503).length
    expect(refused).toBeGreaterThan(0)
    if (kind === 'cluster') expect(refused).toBeLessThan(answers.length / 2)
  })

  test('all are served again within two seconds of the promotion', () => {
    expect(backAfterMs).toBeLessThan(BACK_WITHIN_MS + lateMs)
  })

  test('the old master comes back as a replica, and nothing changes', async () => {
    if (what.endsWith('paused')) group.servers[0]?.resume()
    else await group.servers[0]?.restart()
    const rounds = []
    for (let round = 0; round < 20; round += 1) rounds.push(await areServed(users))
    expect(rounds).not.toContain(false)
  }, 60_000)

  test('no server died, and no log tells of a surprise', async () => {
    expect(stack.servers.flatMap(({ exit }) => exit() ?? [])).toEqual([])
    for (const { log } of stack.servers) expect(await log()).not.toContain('unexpected error')
  })

  function figureOf(strategy: StrategyId) {
    const own = answers.filter(({ name }) => name.startsWith(`${strategy} `))
    const refused = own.filter(({ status }) => status === 503)
    const ofStrategy = users.filter(({ server }) => server.strategy.id === strategy)
    return {
      fault: `${kind}, ${what}`,
      strategy,
      served: own.length - refused.length,
      refused: refused.length,
      usersRefused: new Set(refused.map(({ name }) => name.split(' ')[1])).size,
      users: ofStrategy.length,
      slowestRefusalMs: Math.round(Math.max(0, ...refused.map(({ ms }) => ms))),
      promotedAfterMs: Math.round(promotedAfterMs),
      backAfterPromotionMs: Math.round(backAfterMs),
      acknowledged: ofStrategy.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
      lost: lost.get(strategy) ?? 0,
    }
  }
})

/** One after another: they are not the load. */
async function manyOf(server: FaultServer): Promise<User[]> {
  const users: User[] = []
  while (users.length < USERS) {
    users.push({ server, ...(await registered(server)), acknowledged: [] })
  }
  return users
}

/** Reads, lists of devices and logins of one user, named after the strategy and the user. */
function requestsOf(user: User, index: number): (() => Promise<Answer>)[] {
  const { server, device, account, acknowledged } = user
  const name = `${server.strategy.id} ${index}`
  const login = async () => {
    const newcomer = new Device(server)
    const answer = await timed(`${name} login`, async () => newcomer.login(account))
    if (answer.status === 200) acknowledged.push(newcomer)
    return answer
  }
  return [
    async () => timed(`${name} whoami`, device.whoami),
    async () => timed(`${name} devices`, device.devices),
    // A few: what they hash is not what is measured here.
    ...(index % 3 === 0 ? [login] : []),
  ]
}

function hasLoggedIn({ acknowledged }: User, index: number): boolean {
  return index % 3 !== 0 || acknowledged.length >= 2
}

async function areServed(users: readonly User[]): Promise<boolean> {
  const replies = await Promise.all(users.map(async ({ device }) => device.devices()))
  return replies.every(({ status }) => status === 200)
}

function emailIn({ body }: Answer): string {
  return body?.email ?? body?.user?.email
}
