import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  type EmbeddedPostgres,
  findRedisProgram,
  isDiskFull,
  startEmbeddedPostgres,
  startRedisProcess,
} from '../../src/index.js'
import { choosePlace } from '../../src/postgres/postgres-place.js'
import { temporaryFolder } from '../temporary-folder.js'

const program = await findRedisProgram({ folder: '.workbench', onProgress: () => undefined })
// A start that hangs gives up after a minute.
const WITHIN_MS = 120_000
const TELLS_WHAT_IS_LOST = /"npm run reset" removes all users, posts, logins, keys and logs/

describe('an embedded PostgreSQL on damaged data', () => {
  const folder = temporaryFolder(afterAll)
  const data = (...names: string[]): string => join(choosePlace(folder, false).data, ...names)

  async function startOnce(): Promise<void> {
    const postgres = await startEmbeddedPostgres({ folder, durable: false })
    await postgres.stop()
  }

  /** Where the database of the workbench has its files: made last, so the highest number. */
  const ownDatabase = (): string => {
    const numbers = readdirSync(data('base')).map(Number)
    return data('base', String(Math.max(...numbers)))
  }

  it.each([
    ['the folder of the database', () => rmSync(ownDatabase(), { recursive: true })],
    ['its map of files', () => rmSync(data('global', 'pg_filenode.map'))],
    ['the log of transactions', () => rmSync(data('pg_wal'), { recursive: true })],
    ['its version', () => rmSync(data('PG_VERSION'))],
  ])(
    'without %s suggests a reset, and says what that removes',
    async (_what, damage) => {
      rmSync(data(), { recursive: true, force: true })
      await startOnce()
      damage()
      const start = startEmbeddedPostgres({ folder, durable: false })
      await expect(start).rejects.toThrow(TELLS_WHAT_IS_LOST)
      await expect(start).rejects.toThrow(data())
    },
    WITHIN_MS,
  )
})

it.skipIf(!program)('a Redis on a damaged file suggests a reset, too', async () => {
  const folder = temporaryFolder()
  const findServer = async (): Promise<typeof program> => program
  const redis = await startRedisProcess({ folder, findServer })
  await redis.stop()
  const files = join(folder, 'redis', 'appendonlydir')
  for (const name of readdirSync(files)) writeFileSync(join(files, name), 'garbage\n')
  await expect(startRedisProcess({ folder, findServer })).rejects.toThrow(TELLS_WHAT_IS_LOST)
})

const cannotMount = process.platform !== 'linux' || process.getuid?.() !== 0

it.skipIf(cannotMount).each(['1m', '20m'])(
  'a first start on a disk of %s fails as on a full disk (needs root on Linux)',
  async (size) => {
    const folder = mkdtempSync(join(tmpdir(), 'full-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=711`, 'tmpfs', folder])
    onTestFinished(() => {
      execFileSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true })
    })
    const start = startEmbeddedPostgres({ folder }).then(
      async (it: EmbeddedPostgres) => it.stop(),
      (error: unknown) => error,
    )
    expect(isDiskFull(await start)).toBe(true)
  },
  WITHIN_MS,
)
