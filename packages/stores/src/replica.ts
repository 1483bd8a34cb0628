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
