import { DatabaseError } from './postgres/pg.js'
import { PostgresSetupError } from './postgres/postgres-setup.js'
import { isTooLate } from './postgres/refused-statement.js'

/** Why a store did not serve a request. Both kinds are a 503; an operator has to act on a `fix`. */
export interface StoreFailure {
  readonly kind: 'unavailable' | 'misconfigured'
  /** What an operator has to do. Without it, the store may come back by itself. */
  readonly fix?: string
}

type Verdict = 'unavailable' | 'bug' | { readonly fix: string }
type Table = readonly (readonly [RegExp, Verdict])[]

const fix = (text: string): Verdict => ({ fix: text })

const MIGRATE = fix(
  'A table, column or type is missing or has changed: run "npm run migrate" with this DATABASE_URL.',
)
const REDIS_LOGIN = fix('Redis refuses the login: correct user and password in REDIS_URL.')
const REDIS_ACL = fix(
  'The ACL of the Redis user forbids a command or a key: "ACL SETUSER <user> +@all ~*" allows all.',
)
const REDIS_COMMAND = fix(
  'This Redis lacks a command that the server needs: use Redis 6.2 or newer, without renamed commands.',
)

/** By SQLSTATE (PostgreSQL, appendix A). The first line that matches counts. */
const SQLSTATES: Table = [
  [/^(08...|40...|53[023]00|55P03|57014|57P0[1235]|58000|25006)$/, 'unavailable'],
  // A prepared statement that PostgreSQL does not have, or has under another plan: prepared again.
  [/^(0A000|26000|42P05)$/, 'unavailable'],
  [/^53100$/, fix('The disk of PostgreSQL is full: free some space.')],
  [/^58030$/, fix('PostgreSQL cannot use its disk: see the log of PostgreSQL.')],
  [/^28...$/, fix('PostgreSQL refuses the login: correct user and password in DATABASE_URL.')],
  [/^(3D000|57P04)$/, fix('The database does not exist: create it, or correct DATABASE_URL.')],
  [
    /^42501$/,
    fix(
      'The PostgreSQL user may not use a table: grant it SELECT, INSERT, UPDATE and DELETE on all of them.',
    ),
  ],
  [/^(3F000|42P01|42703|42704|42883|42804|42P10)$/, MIGRATE],
  // What we sent was wrong: a value, a constraint that we must meet, or the statement itself.
  [/^(2[0-3]...|42...)$/, 'bug'],
]

/** By what Redis replies. Replies of a command within a script begin in the same way. */
const REDIS_REPLIES: Table = [
  // Ask again later, or ask another node. While a slot moves, a script may find a key of it not local.
  [
    /^(LOADING|BUSY|MASTERDOWN|READONLY|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|LATE)\b/,
    'unavailable',
  ],
  [/^(ERR )?(Script attempted to access a non local key|max number of clients)/, 'unavailable'],
  [/^MISCONF\b/, fix('Redis cannot write to its disk: free some space, and see the log of Redis.')],
  [/^OOM\b/, fix('Redis is full: raise its "maxmemory".')],
  [/^(NOAUTH|WRONGPASS|DENIED)\b|^ERR (AUTH |invalid password|Client sent AUTH)/, REDIS_LOGIN],
  // Of a command within a script, Redis says the second up to 7.0, and the third since 7.2, as Valkey does.
  [/^NOPERM\b|^ERR The user executing the script can't\b|^ERR ACL failure in script\b/, REDIS_ACL],
  [/^ERR unknown (sub)?command|^ERR Unknown (Redis )?command called from script/i, REDIS_COMMAND],
  [/^ERR .*DB index/, fix('This Redis has no database of that number: correct REDIS_URL.')],
  // What we sent was wrong, or a script of ours failed.
  [/^(WRONGTYPE|NOSCRIPT|CROSSSLOT|EXECABORT)\b/, 'bug'],
  [
    /^ERR (syntax error|wrong number|Wrong number|value is|invalid expire|Error (running|compiling) script|user_script)/,
    'bug',
  ],
]

/** By the code of a socket, of TLS or of a name that was looked up. */
const CODES: Table = [
  [/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, 'unavailable'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'unavailable'],
  [
    /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|HOSTNAME_MISMATCH$|INVALID_CA$)/,
    fix('TLS fails: check the certificate of the store, and whether its address asks for TLS.'),
  ],
]

/** Codes that the file system knows as well: they are the store's where a connection was tried. */
const SOCKET_CODES: Table = [
  [/^ENOENT$/, 'unavailable'],
  [/^(EACCES|EPERM)$/, fix('This process may not open the socket of the store.')],
]

/** By the text: pg and ioredis report these as plain errors, without a code. */
const CLIENT_MESSAGES: Table = [
  [
    /^(Query read timeout|timeout (exceeded|expired)|Connection terminated|Client has encountered a connection error|Cannot use a pool after|Client was closed)/,
    'unavailable',
  ],
  [
    /^(Command timed out|Connection is closed|Stream isn't writeable|Reached the max retries per request limit|All sentinels are unreachable|Cluster isn't ready|Cluster is ended|Too many Cluster redirections|None of startup nodes is available|Failed to refresh slots cache)/,
    'unavailable',
  ],
  [
    /^(The server does not support SSL|There was an error establishing an SSL)/,
    fix('PostgreSQL refuses TLS: turn it on there, or take "sslmode" out of DATABASE_URL.'),
  ],
  [/^SASL/, fix('PostgreSQL wants a password: put it in DATABASE_URL.')],
]

/**
 * What a store's error means, or `undefined` for one that is our own bug. An answer of a store that no
 * table knows is for an operator to look at: our own mistakes are the ones that we can list.
 */
export function storeFailure(error: unknown): StoreFailure | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof AggregateError) return firstFailure(error.errors)
  if (isTooLate(error)) return { kind: 'unavailable' }
  if (error instanceof PostgresSetupError) return { kind: 'misconfigured', fix: error.message }
  const verdict = verdictOn(error)
  if (verdict === undefined || verdict === 'bug') return undefined
  if (verdict !== 'unavailable') return { kind: 'misconfigured', ...verdict }
  // A client that gives up may know why.
  return storeFailure(error.cause) ?? { kind: verdict }
}

function firstFailure(errors: readonly unknown[]): StoreFailure | undefined {
  return errors.map(storeFailure).find((failure) => failure !== undefined)
}

/** Whether a store caused `error`, by being down or wrongly set up: a 503. */
export function isStoreUnavailable(error: unknown): boolean {
  return storeFailure(error) !== undefined
}

const UNKNOWN = fix('The store refuses in a way that the server does not know: see the error.')

function verdictOn(error: Error): Verdict | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (error instanceof DatabaseError) return inTable(SQLSTATES, code) ?? UNKNOWN
  const isConnecting = 'syscall' in error && error.syscall === 'connect'
  return (
    inTable(CODES, code) ??
    (isConnecting ? inTable(SOCKET_CODES, code) : undefined) ??
    inTable(CLIENT_MESSAGES, error.message) ??
    inTable(REDIS_REPLIES, error.message) ??
    (error.name === 'ReplyError' ? UNKNOWN : undefined)
  )
}

function inTable(table: Table, text: string): Verdict | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1]
}
