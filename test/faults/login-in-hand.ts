import { Client } from 'pg'
import { until } from './load.js'

/** Dear enough that checking the password takes longer than to see that it has begun. */
export const SLOW_HASH = { BCRYPT_COST: '12' }

/** The environment by which PostgreSQL knows a server. */
export function knownAs(name: string): Record<string, string> {
  return { PGAPPNAME: name }
}

const READ_USER = `SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'idle'
  AND query LIKE '% FROM users WHERE email = $1' AND state_change > $2::timestamptz`

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
