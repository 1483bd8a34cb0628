import { PostgresSetupError } from './postgres-setup.js'

/** SQLSTATE classes and codes (PostgreSQL, appendix A) that say "not now", as opposed to "wrong". */
const SQLSTATE_UNAVAILABLE = /^(08...|53...|57P0[1235]|57014|25006|58...)$/

/** What PostgreSQL names when it refuses a write that it has read too late. */
export const IN_TIME = 'write_in_time'

const SOCKET_ERRORS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/**
 * Replies of Redis that mean: ask again later (or ask another node). A script is told that a key is not
 * local while the key's slot moves to another node.
 */
const REDIS_REPLIES =
  /^(LOADING|BUSY|MASTERDOWN|READONLY|MISCONF|OOM|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|LATE)\b|^(ERR )?Script attempted to access a non local key/

/** pg and ioredis report these as plain errors, without a code. */
const CLIENT_MESSAGES =
  /^(Query read timeout|timeout (exceeded|expired)|Connection terminated|Client has encountered a connection error|Command timed out|Connection is closed|Stream isn't writeable|Reached the max retries per request limit|Cannot use a pool after|Client was closed|All sentinels are unreachable|Cluster isn't ready|Cluster is ended|Too many Cluster redirections|None of startup nodes is available|Failed to refresh slots cache)/

/**
 * Whether `error` says that PostgreSQL or Redis could not be asked, or could not answer in time.
 * What was asked may be fine: the same request can succeed later.
 */
export function isStoreUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.some(isStoreUnavailable)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return (
    SOCKET_ERRORS.has(code) ||
    SQLSTATE_UNAVAILABLE.test(code) ||
    isTooLate(error) ||
    isStalePlan(error) ||
    error instanceof PostgresSetupError ||
    REDIS_REPLIES.test(error.message) ||
    CLIENT_MESSAGES.test(error.message)
  )
}

/** Whether PostgreSQL has refused a write because its deadline is past, or far away. */
export function isTooLate(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === IN_TIME
}

/**
 * Whether PostgreSQL has refused a prepared statement, which it did not run: the schema was changed (0A000), or
 * somebody else has removed or defined statements on this connection (26000, 42P05). A new one works.
 */
export function isStalePlan(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false
  const { code, routine } = error as { code: unknown; routine?: unknown }
  // The message is in the server's language; the name of the routine is not.
  const isChangedResult = code === '0A000' && routine === 'RevalidateCachedQuery'
  return isChangedResult || code === '26000' || code === '42P05'
}
