import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisProcess } from '@session-vs-jwt/services'
import { connectRedis, defineWrite } from '@session-vs-jwt/stores/redis'
import { isStoreUnavailable } from '@session-vs-jwt/stores'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { percentile } from '../faults/load.js'
import { record } from './figures.js'
import { follows, promoted, type RedisGroup, startGroup, withServer } from './groups.js'

/** For how long writes go on before the master is killed. */
const WRITING_MS = 3_000
const PROMOTED_WITHIN_MS = 15_000

/** A write as one client sees it. */
interface Write {
  readonly key: string
  readonly acknowledgedAt: number
  readonly ms: number
}

interface Outcome {
  readonly acknowledged: readonly Write[]
  readonly lost: readonly Write[]
  readonly refused: number
  /** Milliseconds before the last acknowledged write within which writes were lost. */
  readonly windowMs: number
}

interface Situation {
  readonly what: string
  /** `cut off`: asleep, and without a connection to the master. */
  readonly replica: 'in step' | 'asleep' | 'cut off'
  readonly settings?: readonly (readonly [name: string, value: string])[]
  /** After each write, asks whether the replica has it. */
  readonly wait?: true
}

describe('a master killed amid writes', () => {
  let group: RedisGroup
  const lostBefore = new Set<number>()
  beforeAll(async () => {
    group = await startGroup('cluster')
  }, 60_000)
  afterAll(async () => group?.stop())

  test('its replica was in step: next to nothing is lost', async () => {
    const { acknowledged, lost, windowMs } = await loseMaster(0, {
      what: 'the replica in step',
      replica: 'in step',
    })
    expect(acknowledged.length).toBeGreaterThan(100)
    expect(lost.length).toBeLessThan(acknowledged.length / 10)
    expect(windowMs).toBeLessThan(1_000)
  }, 60_000)

  test('its replica was asleep: what has come to its machine is not lost', async () => {
    const { acknowledged, lost } = await loseMaster(1, {
      what: 'the replica asleep',
      replica: 'asleep',
    })
    // How much the sockets hold is a matter of the kernel; what they hold no more dies with the master.
    const kept = acknowledged.length - lost.length
    expect(kept).toBeGreaterThan(100)
    expect(lost).toEqual(acknowledged.slice(kept))
  }, 60_000)

  test('its replica was cut off: whatever was acknowledged meanwhile is lost', async () => {
    const { acknowledged, lost } = await loseMaster(2, {
      what: 'the replica cut off',
      replica: 'cut off',
    })
    expect(acknowledged.length).toBeGreaterThan(100)
    expect(lost).toHaveLength(acknowledged.length)
  }, 60_000)

  test('its replica was cut off, and it needs one to write: nothing is lost, as nothing is written', async () => {
    const { lost, refused } = await loseMaster(0, {
      what: 'the replica cut off, and `min-replicas-to-write 1`',
      replica: 'cut off',
      settings: [
        ['min-replicas-to-write', '1'],
        ['min-replicas-max-lag', '1'],
      ],
    })
    expect(lost).toEqual([])
    expect(refused).toBeGreaterThan(100)
  }, 60_000)

  test('each write waited for its replica in step: nothing is lost', async () => {
    const { acknowledged, lost } = await loseMaster(1, {
      what: 'the replica in step, and `WAIT 1` after each write',
      replica: 'in step',
      wait: true,
    })
    expect(acknowledged.length).toBeGreaterThan(100)
    expect(lost).toEqual([])
  }, 60_000)

  test('each write waited for its replica, cut off: nothing is acknowledged', async () => {
    const { acknowledged, refused } = await loseMaster(2, {
      what: 'the replica cut off, and `WAIT 1` after each write',
      replica: 'cut off',
      wait: true,
    })
    expect(acknowledged).toEqual([])
    expect(refused).toBeGreaterThan(3)
  }, 60_000)

  /** Kills the master of the part `index` of all keys, lets its replica be promoted, and looks what is there. */
  async function loseMaster(index: number, situation: Situation): Promise<Outcome> {
    const [master, replica] = await inPlace(index)
    const tag = await tagOfPart(master)
    await configure(master, situation.settings ?? [])
    if (situation.replica !== 'in step') replica.pause()
    if (situation.replica === 'cut off') await cutOffReplica(master)
    const writes = await writeUntilKilled(tag, master, situation)
    replica.resume()
    await promoted(replica, PROMOTED_WITHIN_MS)
    const outcome = { ...writes, ...(await lostOf(writes.acknowledged, replica)) }
    await record('loss', [
      {
        what: situation.what,
        acknowledged: outcome.acknowledged.length,
        lost: outcome.lost.length,
        windowMs: Math.round(outcome.windowMs),
        refused: outcome.refused,
        medianMs: medianOf(outcome.acknowledged),
      },
    ])
    return outcome
  }

  /** The two servers of a part: those of the start, or, when they have changed places, with both running again. */
  async function inPlace(index: number): Promise<[master: RedisProcess, replica: RedisProcess]> {
    const [first, second] = [group.servers[index] as RedisProcess, group.replicaOf(index)]
    if (!lostBefore.has(index)) {
      lostBefore.add(index)
      return [first, second]
    }
    await first.restart()
    await follows(first, PROMOTED_WITHIN_MS)
    return [second, first]
  }

  async function writeUntilKilled(
    tag: string,
    master: RedisProcess,
    { wait }: Situation,
  ): Promise<Pick<Outcome, 'acknowledged' | 'refused'>> {
    const acknowledged: Write[] = []
    const state = { refused: 0, isOver: false }
    // WAIT asks of a connection's own writes: the master's own client then, in place of the cluster's.
    const write = wait ? await waitingWriter(master) : await clusterWriter(group.url)
    const writing = (async () => {
      for (let n = 0; !state.isOver; n += 1) {
        const [key, sentAt] = [`{${tag}}:${n}`, performance.now()]
        try {
          await write.put(key)
          const acknowledgedAt = performance.now()
          acknowledged.push({ key, acknowledgedAt, ms: acknowledgedAt - sentAt })
        } catch (error) {
          if (state.isOver) return
          if (!isStoreUnavailable(error)) throw error
          state.refused += 1
          await sleep(5)
        }
      }
    })()
    await sleep(WRITING_MS)
    await master.kill()
    state.isOver = true
    await writing
    await write.close()
    return { acknowledged, refused: state.refused }
  }
})

interface Writer {
  readonly put: (key: string) => Promise<void>
  readonly close: () => Promise<void>
}

async function clusterWriter(url: string): Promise<Writer> {
  const { redis, deadline, close } = await connectRedis({ url })
  defineWrite(redis, 'put', { numberOfKeys: 1, lua: `return redis.call('SET', KEYS[1], ARGV[2])` })
  const client = redis as unknown as { put: (...args: unknown[]) => Promise<unknown> }
  return { put: async (key) => void (await client.put(key, deadline(), 'x')), close }
}

async function waitingWriter({ url }: RedisProcess): Promise<Writer> {
  const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  return {
    put: async (key) => {
      await redis.set(key, 'x')
      if ((await redis.wait(1, 100)) < 1) throw new Error('NOREPLICAS the replica does not have it')
    },
    close: async () => redis.disconnect(),
  }
}

/** A hash tag that lies with this master. */
async function tagOfPart(master: RedisProcess): Promise<string> {
  return withServer(master, async (redis) => {
    for (let n = 0; ; n += 1) {
      const tag = `part-${n}-${master.port}`
      const isHere = await redis.set(`{${tag}}`, '1', 'PX', 1).then(
        () => true,
        () => false,
      )
      if (isHere) return tag
    }
  })
}

async function cutOffReplica(master: RedisProcess): Promise<void> {
  await withServer(master, async (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'replica'))
}

async function configure(
  server: RedisProcess,
  settings: readonly (readonly [string, string])[],
): Promise<void> {
  await withServer(server, async (redis) => {
    for (const [name, value] of settings) await redis.config('SET', name, value)
  })
}

async function lostOf(
  acknowledged: readonly Write[],
  { url }: RedisProcess,
): Promise<Pick<Outcome, 'lost' | 'windowMs'>> {
  const redis = new Redis(url)
  const isKept = await Promise.all(
    acknowledged.map(async ({ key }) => (await redis.exists(key)) === 1),
  )
  redis.disconnect()
  const lost = acknowledged.filter((_, index) => !isKept[index])
  const [last, first] = [acknowledged.at(-1), lost[0]]
  return { lost, windowMs: last && first ? last.acknowledgedAt - first.acknowledgedAt : 0 }
}

function medianOf(writes: readonly Write[]): number | undefined {
  if (writes.length === 0) return undefined
  return (
    Math.round(
      percentile(
        writes.map(({ ms }) => ms),
        0.5,
      ) * 100,
    ) / 100
  )
}
