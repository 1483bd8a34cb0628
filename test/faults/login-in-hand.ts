import { paths } from '@session-vs-jwt/http-contract'
import { accountKey } from '@session-vs-jwt/users'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { expect } from 'vitest'
import { Device, registered } from '../device.js'
import { timed, until } from './load.js'
import type { Pacemaker } from './pacemaker.js'
import { BACK_WITHIN_MS, notRefused } from './promises.js'
import type { Stack } from './stack.js'

/** Dear enough that checking the password takes longer than to see that it has begun. */
export const SLOW_HASH = { BCRYPT_COST: '12' }

/** The environment of a server that tells PostgreSQL its name. */
export function knownAs(name: string, databaseUrl: string): Record<string, string> {
  const url = new URL(databaseUrl)
  url.searchParams.set('application_name', name)
  return { DATABASE_URL: url.href }
}

const READ_USER = `SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'idle'
  AND query LIKE '%users ON email = $1' AND state_change > $2::timestamptz`

/**
 * Sends a login to the server that PostgreSQL knows as `name`, and returns when it has read the user: what it
 * does now is to check the password.
 */
export async function inHand<T>(
  databaseUrl: string,
  name: string,
  login: () => Promise<T>,
): Promise<{ answer: Promise<T> }> {
  const client = new Client(databaseUrl)
  await client.connect()
  try {
    const { rows } = await client.query('SELECT clock_timestamp()::text AS now')
    const answer = login()
    const hasRead = async () =>
      ((await client.query(READ_USER, [name, rows[0].now])).rowCount ?? 0) > 0
    await until('the user was read', hasRead, 5_000, 2)
    return { answer }
  } finally {
    await client.end()
  }
}

/** A store is paused while a password is checked: the login is refused within a second of that, and leaves no device. */
export async function expectRefusalAmidCheck(
  stack: Stack,
  store: 'postgres' | 'redis',
  pacemaker: Pacemaker,
): Promise<void> {
  const name = 'checks a password'
  const env = { ...SLOW_HASH, ...knownAs(name, stack.databaseUrl) }
  const server = await stack.startServer('session-redis', env)
  const { device, account } = await registered(server)
  const logIn = async () => timed('login', async () => new Device(server).login(account))
  const usual = await logIn()
  const login = await inHand(stack.adminUrl, name, logIn)
  const pausedAt = performance.now()
  stack[store].pause()
  try {
    const answer = await login.answer
    const ms = performance.now() - pausedAt - usual.ms
    expect(notRefused({ ...answer, ms }, pacemaker.lateMs)).toBeUndefined()
  } finally {
    stack[store].resume()
  }
  const readMe = async () => (await device.send('GET', paths.me)).status === 200
  await until('back', readMe, BACK_WITHIN_MS)
  expect((await device.devices()).body.devices).toHaveLength(2)
}

/**
 * Ten right passwords are being checked when Redis pauses, so it misses that none of them was wrong. None of
 * them may count: the account is free again within seconds.
 */
export async function expectNoLockAfterPause(stack: Stack): Promise<void> {
  const name = 'checks ten passwords'
  const env = { ...SLOW_HASH, ...knownAs(name, stack.databaseUrl) }
  const server = await stack.startServer('session-redis', env)
  const { account } = await registered(server)
  const logIn = async () => new Device(server).login(account)
  const { answer: first } = await inHand(stack.adminUrl, name, logIn)
  const others = Array.from({ length: 9 }, logIn)
  const haveBegun = async () => (await placesOf(account.email, stack.redis.url)) === 10
  await until('all have a place', haveBegun, 5_000, 2)
  stack.redis.pause()
  const answers = await Promise.all([first, ...others])
  stack.redis.resume()
  expect(answers.map(({ status }) => status)).toContain(503)
  expect(answers.map(({ status }) => status)).not.toContain(429)
  await until('free', async () => (await logIn()).status === 200, FREE_WITHIN_MS)
}

/** An undecided attempt holds its place for five seconds; its Redis has to be reached again, too. */
const FREE_WITHIN_MS = 5_000 + BACK_WITHIN_MS

async function placesOf(email: string, redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl)
  try {
    return await redis.zcard(accountKey(email))
  } finally {
    redis.disconnect()
  }
}
