import { PostgresSetupError } from './postgres-setup.js'
import type { SqlClient } from './sql.js'

/** What a replica may take; the primary can still answer within the second that a request has. */
const ANSWER_WITHIN_MS = 200
/** So long the primary is asked at once, after the replica gave no answer. */
const LEFT_ALONE_MS = 5_000

/**
 * For reads that may lag: asks the replica, and the primary where the replica fails or takes too long.
 * `onAway` is told each time that the replica is left alone for a while.
 */
export function replicaFirst(
  replica: SqlClient,
  primary: SqlClient,
  onAway: (error: Error) => void = () => undefined,
): SqlClient {
  let askAgainAt = 0
  return {
    async query(statement) {
      if (performance.now() < askAgainAt) return primary.query(statement)
      try {
        return await inTime(replica.query(statement))
      } catch (error) {
        askAgainAt = performance.now() + LEFT_ALONE_MS
        onAway(error as Error)
        return primary.query(statement)
      }
    },
  }
}

/**
 * Asks both who they are; says nothing about a primary that does not answer.
 *
 * @throws {PostgresSetupError} when `replica` is a copy of some other database; else its own error
 */
export async function checkReplica(replica: SqlClient, primary: SqlClient): Promise<void> {
  const copy = await identityOf(replica)
  const original = await identityOf(primary).catch(() => copy)
  if (copy === original) return
  throw new PostgresSetupError('It is not a replica of the database at DATABASE_URL.')
}

/** A replica shares both with its primary, and no other database does. */
async function identityOf(client: SqlClient): Promise<string | undefined> {
  const { rows } = await client.query<{ identity: string }>({
    text: `SELECT system_identifier || ' ' || current_database() AS identity FROM pg_control_system()`,
  })
  return rows[0]?.identity
}

/** A read that nobody waits for any more does no harm: it ends by the limits of its pool. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Replica timed out')), ANSWER_WITHIN_MS)
  })
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
