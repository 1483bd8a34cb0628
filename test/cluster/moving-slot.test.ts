import { setTimeout as sleep } from 'node:timers/promises'
import { parseRedisUrl } from '@session-vs-jwt/stores/redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { type Device, loggedIn, registered } from '../device.js'
import { type Answer, Load, timed, until } from '../faults/load.js'
import { notRefused } from '../faults/promises.js'
import { redisKeys } from '../redis-keys.js'
import { startServer, type TestServer } from '../start-server.js'

/** Between two keys that move, so that requests come in between. */
const PAUSE_MS = 60

describe.each(['session-redis', 'jwt-denylist'])(
  '%s, while its keys move to another master',
  (id) => {
    let server: TestServer
    let masters: Redis[]
    beforeAll(async () => {
      server = await startServer(strategy(id))
      masters = await mastersOf(inject('redisUrl'))
    })
    afterAll(async () => {
      for (const it of masters) it.disconnect()
      await server.stop()
    })

    test('each answer is the right one or a refusal, and afterwards all logins are there', async () => {
      const { device, account } = await registered(server)
      const others: Device[] = []
      for (let n = 0; n < 4; n += 1) others.push(await loggedIn(server, account))
      const userId = (await device.whoami()).body.id
      const [key = ''] = await redisKeys(inject('redisUrl'), `*${userId}*`)
      const load = new Load(requestsOf(device, others[0] as Device), 5)
      await moveSlot(key, masters)
      await until('served there', async () => (await device.devices()).status === 200, 2_000)
      const answers = await load.stop()
      const wrong = answers.flatMap((it) =>
        isRight(it, account.email) ? [] : (notRefused(it) ?? []),
      )
      expect(wrong).toEqual([])
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(5)
      expect((await device.devices()).body.devices).toHaveLength(others.length + 1)
      for (const it of others) expect((await it.renew()).status).toBe(200)
    }, 60_000)
  },
)

function requestsOf(device: Device, renewing: Device): (() => Promise<Answer>)[] {
  return [
    async () => timed('whoami', device.whoami),
    async () => timed('renew', renewing.renew),
    async () => timed('devices', device.devices),
  ]
}

function isRight({ name, status, body }: Answer, email: string): boolean {
  return status === 200 && (name !== 'whoami' || body.email === email)
}

/** A connection to each master of the cluster. */
async function mastersOf(url: string): Promise<Redis[]> {
  const address = parseRedisUrl(url)
  if (address.kind !== 'cluster') throw new Error('the run has no cluster')
  const { password = '' } = address.node as { password?: string }
  const nodes = address.endpoints.map((it) => new Redis({ ...it, password }))
  const roles = await Promise.all(nodes.map(async (it) => ((await it.role()) as [string])[0]))
  for (const [index, it] of nodes.entries()) if (roles[index] !== 'master') it.disconnect()
  return nodes.filter((_, index) => roles[index] === 'master')
}

/**
 * Moves the slot of `key` to a master that does not have it, key after key.
 *
 * @see https://redis.io/docs/latest/commands/cluster-setslot/
 */
async function moveSlot(key: string, masters: readonly Redis[]): Promise<void> {
  const slot = Number(await masters[0]?.cluster('KEYSLOT', key))
  const ids = await Promise.all(masters.map(async (it) => it.cluster('MYID')))
  const counts = await Promise.all(masters.map(async (it) => it.cluster('COUNTKEYSINSLOT', slot)))
  const from = counts.findIndex((it) => it > 0)
  const to = (from + 1) % masters.length
  const [source, target] = [masters[from], masters[to]] as [Redis, Redis]
  await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from] ?? '')
  await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to] ?? '')
  const { host = '', port = 0, password } = target.options
  for (const it of (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]) {
    await source.call('MIGRATE', host, port, it, 0, 1_000, 'AUTH', password ?? '')
    await sleep(PAUSE_MS)
  }
  for (const it of [target, source])
    await it.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to] ?? '')
}
