import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  findRedisProgram,
  removeData,
  type RedisProcess,
  startRedis,
  startRedisProcess,
} from '../../src/index.js'
import { processesTagged, signal } from '../../src/process/process-list.js'
import { waitUntil } from '../../src/process/wait-until.js'
import {
  canUnpackPackages,
  release,
  unpackedProgram,
  unpackProgram,
} from '../../src/program/debian-package.js'
import { installedProgram, type ServerProgram } from '../../src/program/server-program.js'
import { redisTag } from '../../src/redis/redis-command.js'
import { REDIS } from '../../src/redis/redis-program.js'
import { OtherWorkbench } from '../other-workbench.js'
import { endParentWatch } from '../parent-watch.js'
import { temporaryFolder } from '../temporary-folder.js'

/** The folder of a program for this machine. */
const RELEASE = release()

// Downloaded once for the whole file, over the remains of an attempt that was interrupted.
const programs = temporaryFolder(afterAll)
const unpacking = canUnpackPackages() ? unpackOverRemains(programs) : undefined
const unpacked = await unpacking?.catch(() => undefined)
const program = unpacked ?? (await findRedisProgram({ folder: programs, onProgress: console.warn }))
const findServer = async (): Promise<typeof program> => program
const WITHIN = { timeout: 20_000 }
/** The network may be slow. */
const DOWNLOADS = { timeout: 90_000 }

describe.skipIf(!program)('a private Redis', () => {
  const folder = temporaryFolder(afterAll)
  let redis: RedisProcess

  beforeAll(async () => {
    redis = await startRedisProcess({ folder, findServer })
  })

  afterAll(() => redis.stop())

  it('says who it is, and listens on 127.0.0.1 only', async () => {
    expect(redis).toMatchObject({ kind: 'process', version: program?.version })
    expect(await ask(redis.url, 'config', 'get', 'bind')).toEqual(['bind', '127.0.0.1'])
    expect(await ask(redis.url, 'config', 'get', 'save')).toEqual(['save', ''])
  })

  it('asks for a password that is in no command line', async () => {
    const { password, host } = new URL(redis.url)
    expect(password.length).toBeGreaterThan(30)
    const stranger = startRedis({ redisUrl: `redis://${host}`, folder })
    await expect(stranger).rejects.toThrow('NOAUTH')
    const commands = processesTagged(redisTag(folder)).map(({ command }) => command)
    expect(commands).toHaveLength(1)
    expect(commands.join()).not.toContain(password)
    expect(redis.foundAs).not.toContain(password)
  })

  it('loses no acknowledged write when it is killed', async () => {
    const writer = new Redis(redis.url, { retryStrategy: () => null })
    writer.on('error', () => {})
    let acknowledged = 0
    const writing = (async () => {
      for (;;) acknowledged = await writer.incr('written')
    })().catch(() => {})
    await waitUntil(() => acknowledged > 200, 5_000)
    await redis.kill()
    await writing
    expect(processesTagged(redisTag(folder))).toEqual([])
    await redis.restart()
    const kept = Number(await ask(redis.url, 'get', 'written'))
    expect(acknowledged).toBeGreaterThan(200)
    expect(kept).toBeGreaterThanOrEqual(acknowledged)
  })

  it('pauses and resumes', async () => {
    const client = new Redis(redis.url)
    await client.ping()
    redis.pause()
    const answer = client.ping()
    const silence = new Promise((resolve) => setTimeout(() => resolve('silent'), 200))
    expect(await Promise.race([answer, silence])).toBe('silent')
    redis.resume()
    expect(await answer).toBe('PONG')
    client.disconnect()
  })

  it('refuses a second one on the folder', async () => {
    const second = startRedis({ folder, findServer })
    await expect(second).rejects.toMatchObject({ code: 'folder-in-use' })
    await expect(removeData(folder)).rejects.toMatchObject({ code: 'folder-in-use' })
    expect(await ask(redis.url, 'ping')).toBe('PONG')
  })

  it('keeps its data over stop and start, and forgets them when told to', async () => {
    await ask(redis.url, 'set', 'kept', '7')
    await redis.stop()
    redis = await startRedisProcess({ folder, findServer })
    expect(await ask(redis.url, 'get', 'kept')).toBe('7')
    await redis.stop()
    await removeData(folder)
    redis = await startRedisProcess({ folder, findServer })
    expect(await ask(redis.url, 'get', 'kept')).toBeNull()
  })

  it('keeps nothing when it is not durable', async () => {
    const fleeting = await startRedisProcess({
      folder: temporaryFolder(),
      durable: false,
      findServer,
    })
    onTestFinished(() => fleeting.stop())
    await ask(fleeting.url, 'set', 'kept', '7')
    await fleeting.restart()
    expect(await ask(fleeting.url, 'get', 'kept')).toBeNull()
  })

  it('is refused to a start by its URL with a wrong password', async () => {
    const redisUrl = redis.url.replace(/:[^:@]+@/, ':hunter22@')
    const refused = startRedis({ redisUrl, folder })
    await expect(refused).rejects.toMatchObject({ code: 'refused' })
    await expect(refused).rejects.not.toThrow('hunter22')
  })

  it('can be had by its URL, and is left running', async () => {
    const given = await startRedis({ redisUrl: redis.url, folder })
    expect(given).toMatchObject({ kind: 'url', version: redis.version })
    await given?.stop()
    expect(await ask(redis.url, 'ping')).toBe('PONG')
  })
})

describe.skipIf(!program)('when the workbench is killed', () => {
  it('Redis ends by itself', WITHIN, async () => {
    const { folder, other } = await otherWorkbench()
    expect(processesTagged(redisTag(folder))).toHaveLength(1)
    await other.die()
    expect(await isGone(folder)).toBe(true)
  })

  it('one that lives on, paused too, is stopped by the next start', WITHIN, async () => {
    const { folder, other, url } = await otherWorkbench()
    await ask(url, 'set', 'kept', '7')
    endParentWatch(other.child.pid!)
    await other.die()
    const [orphan] = processesTagged(redisTag(folder))
    signal(orphan!.pid, 'SIGSTOP')
    const redis = await startRedisProcess({ folder, findServer })
    onTestFinished(() => redis.stop())
    expect(processesTagged(redisTag(folder)).map(({ pid }) => pid)).not.toContain(orphan!.pid)
    expect(await ask(redis.url, 'get', 'kept')).toBe('7')
  })
})

describe('without a Redis', () => {
  it('gives undefined and makes no data', async () => {
    const folder = temporaryFolder()
    expect(await startRedis({ folder, findServer: async () => undefined })).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  })

  it('throws for those who cannot do without, with the reason', async () => {
    const refused = startRedisProcess({
      folder: temporaryFolder(),
      findServer: async ({ onProgress }) => {
        onProgress?.('none on this machine')
        return undefined
      },
    })
    await expect(refused).rejects.toMatchObject({ code: 'binaries-missing' })
    await expect(refused).rejects.toThrow('none on this machine')
  })
})

describe.skipIf(!canUnpackPackages())("the distribution's Redis, unpacked", () => {
  it('replaces what an interrupted attempt left, and leaves no remains', async () => {
    await expect(unpacking).resolves.toMatchObject({ version: expect.stringMatching(/^\d+\./) })
    expect(readdirSync(programs)).toEqual(['redis-package'])
    expect(readdirSync(join(programs, 'redis-package'))).toEqual([RELEASE])
  })

  it('is found again, unless another is installed', async () => {
    expect(await findRedisProgram({ folder: programs })).toEqual(
      installedProgram(REDIS) ?? unpacked,
    )
  })

  it('is downloaded once by two processes that need it at the same time', DOWNLOADS, async () => {
    const folder = temporaryFolder()
    const first = unpackProgram(REDIS, folder)
    const other = new OtherWorkbench({ folder, names: ['redis'] })
    const { ino } = await first.then(({ path }) => statSync(path))
    expect(await other.says()).toMatchObject({ redis: expect.stringContaining('redis://') })
    expect(statSync(join(folder, 'redis-package', RELEASE, REDIS.package.program)).ino).toBe(ino)
    await other.interruptAndLeave()
  })

  it(
    'is kept where a link to the folder leads, for the next that links there',
    DOWNLOADS,
    async () => {
      const [kept, one, two] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
      for (const folder of [one, two]) symlinkSync(kept, join(folder, 'redis-package'))
      const { path } = await unpackProgram(REDIS, one)
      expect(readdirSync(kept)).toEqual([RELEASE])
      expect(unpackedProgram(REDIS, two)?.path).toBe(path.replace(one, two))
    },
  )
})

function unpackOverRemains(folder: string): Promise<ServerProgram> {
  const half = join(folder, 'redis-package', RELEASE, 'usr', 'bin')
  mkdirSync(half, { recursive: true })
  mkdirSync(join(folder, 'redis-package', `${RELEASE}.new`, 'lists'), { recursive: true })
  writeFileSync(join(half, 'redis-server'), 'half', { mode: 0o755 })
  if (unpackedProgram(REDIS, folder)) throw new Error('half a program was taken for one')
  return unpackProgram(REDIS, folder)
}

async function otherWorkbench(): Promise<{ folder: string; other: OtherWorkbench; url: string }> {
  const folder = temporaryFolder()
  onTestFinished(async () => void (await isGone(folder)))
  const other = new OtherWorkbench({ folder, names: ['redis'], programFolder: programs })
  const { redis: url = '' } = await other.says()
  return { folder, other, url }
}

function isGone(folder: string): Promise<boolean> {
  return waitUntil(() => processesTagged(redisTag(folder)).length === 0, 5_000)
}

async function ask(url: string, command: string, ...args: string[]): Promise<unknown> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.call(command, ...args)
  } finally {
    client.disconnect()
  }
}
