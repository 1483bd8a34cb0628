import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreCost } from '@session-vs-jwt/workbench/scale'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { type Device, registered } from '../device.js'
import type { TestServer } from '../start-server.js'

/** Logins that are made, one for each user. */
const LOGINS = 400
const READS = 2_000
const LANES = 4
/** Rows that are copied from one, so that pages and their half-filled last one don't count. */
const ROWS = 50_000

/** Registers users and reads as one of them, and asks Redis what it took. Nobody else may use it. */
export async function costInRedis(server: TestServer, url: string): Promise<StoreCost> {
  const redis = new Redis(url)
  const info = async (section: string, name: RegExp): Promise<number> =>
    [...(await redis.info(section)).matchAll(name)].reduce((sum, [, it]) => sum + Number(it), 0)
  const memory = async (): Promise<number> => info('memory', /^used_memory:(\d+)/gm)
  const cpu = async (): Promise<number> =>
    1e6 * (await info('cpu', /^used_cpu_(?:sys|user):(\S+)/gm))
  await registered(server)
  const [memoryBefore, cpuBefore] = [await memory(), await cpu()]
  await register(server, LOGINS)
  const [memoryAfter, cpuAfter] = [await memory(), await cpu()]
  const cpuPerRead = await read(server, cpu)
  redis.disconnect()
  return {
    bytesPerLogin: Math.round((memoryAfter - memoryBefore) / LOGINS),
    cpuPerLoginUs: Math.round((cpuAfter - cpuBefore) / LOGINS),
    cpuPerReadUs: Math.round(cpuPerRead),
  }
}

/** The same of PostgreSQL, whose size is taken of many copies of one row of `table`. */
export async function costInPostgres(
  server: TestServer,
  url: string,
  pids: () => readonly number[],
  table: 'sessions' | 'refresh_families',
): Promise<StoreCost> {
  const seen = new Map<number, number>()
  // What a connection took counts, also when its process has ended since.
  const cpu = async (): Promise<number> => {
    for (const pid of pids()) seen.set(pid, Math.max(seen.get(pid) ?? 0, cpuOf(pid)))
    return [...seen.values()].reduce((sum, it) => sum + it, 0)
  }
  await registered(server)
  const cpuBefore = await cpu()
  await register(server, LOGINS)
  const cpuPerLogin = ((await cpu()) - cpuBefore) / LOGINS
  const cpuPerRead = await read(server, cpu)
  return {
    bytesPerLogin: await bytesPerRow(url, table),
    cpuPerLoginUs: Math.round(cpuPerLogin),
    cpuPerReadUs: Math.round(cpuPerRead),
  }
}

async function register(server: TestServer, count: number): Promise<void> {
  await inLanes(count, async () => again(async () => void (await registered(server))))
}

/** A busy machine makes a server refuse now and then: what is measured is what the others took. */
async function again(work: () => Promise<void>, tries = 10): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (tries === 1) throw error
    await sleep(100)
    await again(work, tries - 1)
  }
}

/** What a look at a login takes, by the meter `cpu`. A refresh token works once, so each lane has a login of its own. */
async function read(server: TestServer, cpu: () => Promise<number>): Promise<number> {
  const devices: Device[] = []
  while (devices.length < LANES) devices.push((await registered(server)).device)
  const before = await cpu()
  await Promise.all(
    devices.map(async (device) => {
      for (let n = 0; n < READS / LANES; n += 1) await again(async () => look(server, device))
    }),
  )
  return ((await cpu()) - before) / READS
}

async function look({ strategy }: TestServer, device: Device): Promise<void> {
  const answer = await (strategy.server === 'session' ? device.whoami() : device.renew())
  if (answer.status !== 200) throw new Error(`not served: ${answer.status}`)
}

async function inLanes(count: number, work: () => Promise<unknown>): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let n = 0; n < count / LANES; n += 1) await work()
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** Microseconds that a process was on a processor, of user and system (proc(5): ticks of 10 ms). */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return 10_000 * (Number(fields[11]) + Number(fields[12]))
  } catch {
    // It has ended meanwhile.
    return 0
  }
}

async function bytesPerRow(url: string, table: string): Promise<number> {
  const client = new Client(url)
  await client.connect()
  try {
    const { rows: columns } = await client.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1
       ORDER BY ordinal_position`,
      [table],
    )
    const fresh: Readonly<Record<string, string>> = {
      id: 'gen_random_uuid()',
      id_hash: 'sha256(gen_random_uuid()::text::bytea)',
    }
    const values = columns.map(({ name }) => fresh[name] ?? `${table}.${name}`).join(', ')
    const size = `SELECT pg_total_relation_size('${table}')::float8 AS size`
    const before = (await client.query<{ size: number }>(size)).rows[0]?.size ?? 0
    await client.query(
      `INSERT INTO ${table} SELECT ${values}
       FROM (SELECT * FROM ${table} LIMIT 1) ${table}, generate_series(1, ${ROWS})`,
    )
    const after = (await client.query<{ size: number }>(size)).rows[0]?.size ?? 0
    return Math.round((after - before) / ROWS)
  } finally {
    await client.end()
  }
}
