import { createHash, randomUUID } from 'node:crypto'
import { anHourBefore } from '@session-vs-jwt/stores'
import { removeExpiredRows, type SqlClient, type TableUse } from '@session-vs-jwt/stores/postgres'
import { AccountError } from './account-error.js'
import { normalizeEmail } from './email.js'

/**
 * Limits the guesses at one account. An attempt takes a place before its password is checked, so the limit
 * also holds for attempts that run at the same time. The place expires by itself within seconds, unless the
 * password was wrong: a store that misses the end of an attempt can't lock anybody out.
 */
export interface LoginAttempts {
  /** @throws {AccountError} `too_many_attempts`, with the seconds to wait. */
  begin(email: string): Promise<LoginAttempt>
}

/**
 * An attempt that holds a place. If the place expired meanwhile and others have taken every place, then the
 * limit is reached, and neither a wrong nor a right password may be answered as such.
 */
export interface LoginAttempt {
  /** The password was wrong: keeps the place for the whole window. @throws {AccountError} `too_many_attempts` */
  fail(): Promise<void>
  /** The attempt doesn't count: gives the place back. @throws {AccountError} `too_many_attempts` */
  forgive(): Promise<void>
}

export interface LoginAttemptsLimit {
  readonly failures: number
  readonly windowSeconds: number
  /** Multiplies how long an undecided attempt holds its place. Only tests on a busy machine set it. Default 1. */
  readonly timeoutFactor?: number
}

/** How long an attempt holds its place before its outcome is known. A login rarely takes a tenth of it. */
const UNDECIDED_MS = 5_000

/**
 * Keeps `place` for `keepMs` from now, or frees it if that is 0. A place that isn't held is taken only while
 * fewer than the limit are. Resolves to 0, or to the milliseconds until a place is free. Must be atomic.
 */
export type HoldPlace = (account: string, place: string, keepMs: number) => Promise<number>

export function limitedBy(
  hold: HoldPlace,
  { windowSeconds, timeoutFactor = 1 }: LoginAttemptsLimit,
): LoginAttempts {
  return {
    async begin(email) {
      const [account, place] = [accountKey(email), randomUUID()]
      const keepFor = async (keepMs: number): Promise<void> => {
        const waitMs = await hold(account, place, keepMs)
        if (waitMs === 0) return
        const seconds = Math.max(1, Math.ceil(waitMs / 1000))
        throw new AccountError('too_many_attempts', 'Too many failed logins.', seconds)
      }
      await keepFor(UNDECIDED_MS * timeoutFactor)
      return {
        fail: async () => keepFor(windowSeconds * 1000),
        forgive: async () => keepFor(0),
      }
    },
  }
}

/** How the name of a key begins, in every store. */
export const PLACES_PREFIX = 'login-places:'

/** The key is a hash, so the store doesn't reveal which addresses were tried. */
export function accountKey(email: string): string {
  const hash = createHash('sha256').update(normalizeEmail(email)).digest('base64url')
  return PLACES_PREFIX + hash
}

/** Each account's places, as `{place: the millisecond in which it expires}`; `expire` is the last of these. */
export const loginAttemptsSchema: string = `
CREATE TABLE IF NOT EXISTS public.login_attempts (
  key varchar(255) PRIMARY KEY,
  places jsonb NOT NULL DEFAULT '{}',
  expire bigint
);
ALTER TABLE public.login_attempts
  ADD COLUMN IF NOT EXISTS places jsonb NOT NULL DEFAULT '{}',
  DROP COLUMN IF EXISTS points;
CREATE INDEX IF NOT EXISTS login_attempts_by_expire ON public.login_attempts (expire);
`

/** What the server does to this table, where attempts are counted in PostgreSQL. */
export const loginAttemptsTable: TableUse = {
  table: 'public.login_attempts',
  columns: ['key', 'places', 'expire'],
  updated: ['places', 'expire'],
}

/**
 * One statement, because the row that it locks makes it atomic. Parameters: key, place, now, milliseconds to
 * keep it, window, limit. An expiry further away than the window dates from before the clock was set back. A place
 * whose expiry is no number, as somebody may have overwritten it, is not held.
 */
const HOLD_PLACE = `
INSERT INTO public.login_attempts AS account (key, places, expire)
VALUES (
  $1,
  CASE WHEN $4::bigint > 0 THEN jsonb_build_object($2::text, $3::bigint + $4) ELSE '{}' END,
  $3 + $4
)
ON CONFLICT (key) DO UPDATE SET (places, expire) = (
  WITH held AS (
    SELECT place, least(until, $3 + $5::bigint)::bigint AS until FROM (
      SELECT key AS place, CASE jsonb_typeof(value) WHEN 'number' THEN value::numeric ELSE 0 END AS until
      FROM jsonb_each(CASE jsonb_typeof(account.places) WHEN 'object' THEN account.places ELSE '{}' END)
    ) AS stored WHERE until > $3
  ), kept AS (
    SELECT place, until FROM held WHERE place <> $2
    UNION ALL
    SELECT $2, $3 + $4 WHERE $4 > 0
      AND ($2 IN (SELECT place FROM held) OR (SELECT count(*) FROM held) < $6::int)
  )
  SELECT coalesce(jsonb_object_agg(place, until), '{}'), coalesce(max(until), $3) FROM kept
)
RETURNING (
  SELECT CASE WHEN count(*) < $6 OR account.places ? $2 THEN 0 ELSE min(value::bigint) - $3 END::int
  FROM jsonb_each_text(account.places)
) AS "waitMs"`

export function postgresLoginAttempts(sql: SqlClient, limit: LoginAttemptsLimit): LoginAttempts {
  return limitedBy(async (account, place, keepMs) => {
    const windowMs = limit.windowSeconds * 1000
    const { rows } = await sql.query<{ waitMs: number }>({
      name: 'login-attempts.hold-place',
      text: HOLD_PLACE,
      values: [account, place, Date.now(), keepMs, windowMs, limit.failures],
    })
    if (!rows[0]) throw new Error('INSERT … RETURNING returned no row')
    return rows[0].waitMs
  }, limit)
}

/** PostgreSQL forgets nothing by itself: this runs now and then, outside any request. */
export async function removeExpiredAttempts(sql: SqlClient, signal?: AbortSignal): Promise<void> {
  // Attempts are counted by the system's clock, and so is this.
  const before = anHourBefore(new Date()).getTime()
  await removeExpiredRows(sql, { table: 'public.login_attempts', column: 'expire', before }, signal)
}
