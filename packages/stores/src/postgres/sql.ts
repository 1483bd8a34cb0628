import { type ClientBase, DatabaseError, Pool, Query } from './pg.js'
import { checkLimits, explainPooler, isPooled, LIMITS } from './pooler.js'
import { PostgresSetupError } from './postgres-setup.js'
import { isStalePlan, isTooLate } from './refused-statement.js'

/** One SQL statement. A `name` makes PostgreSQL plan it once for each connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

export interface SqlResult<Row> {
  readonly rows: Row[]
  readonly rowCount: number | null
}

/** What a repository needs of PostgreSQL: one statement, one answer. `pg.Pool` is one. */
export interface SqlClient {
  query<Row extends object>(statement: Statement): Promise<SqlResult<Row>>
}

export interface PostgresOptions {
  readonly url: string
  /** Connections kept at most. Default 10. */
  readonly poolSize?: number
  /** Called when a connection fails while nobody uses it: a fact to log, never a reason to die. */
  readonly onIdleError?: (error: Error) => void
  /** Multiplies every time limit below. Only tests that aren't about these limits set it. Default 1. */
  readonly timeoutFactor?: number
}

interface TimeLimits {
  /** Milliseconds for a connection and an answer together; beyond it the statement is given up. */
  readonly answerMs: number
  readonly connectMs: number
  /** PostgreSQL's own limit, from the moment at which it has read a statement. */
  readonly runMs: number
}

function timeLimits(factor = 1): TimeLimits {
  const runMs = LIMITS.statement_timeout * factor
  return { answerMs: 750 * factor, connectMs: 400 * factor, runMs }
}

/** As many requests as a server meets at once when it has just started. */
const WARM_CONNECTIONS = 4

export interface PostgresConnection {
  readonly sql: SqlClient
  /**
   * Opens some connections before a request waits for one: on a busy machine that takes longer than a
   * request may. That it cannot be done now is no error.
   *
   * @throws {PostgresSetupError} when somebody has to change a setting before any connection can work
   */
  readonly warmUp: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * A pool whose every wait is bounded, so that a request is answered within a second while
 * PostgreSQL is stopped, paused or locked. A write that was given up does not run later.
 */
export function connectPostgres(options: PostgresOptions): PostgresConnection {
  const limits = timeLimits(options.timeoutFactor)
  const clock = new ServerClock(limits)
  const pooled = isPooled(options.url)
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: limits.connectMs,
    // PgBouncer refuses a connection that brings settings: there they come with the role.
    ...(pooled ? {} : { ...LIMITS, statement_timeout: limits.runMs }),
    keepAlive: true,
    allowExitOnIdle: true,
    onConnect: async (client) => {
      if (pooled) await checkLimits((text) => ask(client, { text }, limits.connectMs))
      await clock.read(client)
    },
  })
  // Without a listener, the loss of an idle connection ends the process.
  pool.on('error', (error) => options.onIdleError?.(error))
  // And so does that of one that is lent, which says so by an event too.
  pool.on('connect', (client) => client.on('error', failsTheStatement))
  // The next transaction may run on another connection of PgBouncer's, which knows no statement by name.
  const sendable = pooled ? unnamed : (statement: Statement) => statement
  const sql: SqlClient = { query: (it) => answerInTime(pool, clock, limits, sendable(it)) }
  return {
    sql,
    warmUp: async () => warmUp(pool),
    close: () => pool.end(),
  }
}

async function warmUp(pool: Pool): Promise<void> {
  const opening = Array.from({ length: WARM_CONNECTIONS }, async () => pool.connect())
  const opened = await Promise.allSettled(opening)
  for (const it of opened) if (it.status === 'fulfilled') it.value.release()
  for (const it of opened) {
    const problem = it.status === 'rejected' ? explainPooler(it.reason) : undefined
    if (problem instanceof PostgresSetupError) throw problem
  }
}

function unnamed({ text, values }: Statement): Statement {
  return values === undefined ? { text } : { text, values }
}

/**
 * SQL for a moment in milliseconds. The text of a timestamp depends on DateStyle and TimeZone, and the text of
 * a floating-point number depends on extra_float_digits; the text of a `bigint` is always the same. A moment
 * that is infinite has no such number: it is -1, which is before any moment of ours.
 */
export function epochMs(moment: string): string {
  return `(CASE WHEN isfinite(${moment}) THEN extract(epoch FROM ${moment}) * 1000 ELSE -1 END)::bigint`
}

/**
 * The clock of PostgreSQL, read at each connect and carried on with the monotonic clock of this
 * process, so that neither a wrong wall clock here nor one that jumps moves a deadline.
 */
class ServerClock {
  readonly #limits: TimeLimits
  #offset = Date.now() - performance.now()

  constructor(limits: TimeLimits) {
    this.#limits = limits
  }

  async read(client: ClientBase): Promise<void> {
    const sentAt = performance.now()
    const text = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now'
    const { rows } = await ask<{ now: string }>(client, { text }, this.#limits.connectMs)
    if (rows[0]) this.#offset = Number(rows[0].now) - (sentAt + performance.now()) / 2
  }

  at(moment: number): Date {
    return new Date(this.#offset + moment)
  }
}

/**
 * Runs one statement within {@link TimeLimits.answerMs}, the wait for a connection included. A write takes
 * along the moment by which PostgreSQL must have read it: early enough that it also ends, by
 * PostgreSQL's own limit, before it is given up here. A connection is kept where the server itself
 * refused the statement, and dropped where its state is unknown or its prepared statements are stale.
 */
async function answerInTime<Row extends object>(
  pool: Pool,
  clock: ServerClock,
  limits: TimeLimits,
  statement: Statement,
): Promise<SqlResult<Row>> {
  const givesUpAt = performance.now() + limits.answerMs
  const client = await pool.connect()
  let isBroken = false
  try {
    const left = Math.max(1, Math.round(givesUpAt - performance.now()))
    const readBy = (): Date => clock.at(givesUpAt - limits.runMs)
    return await ask<Row>(client, withDeadline(statement, readBy), left)
  } catch (error) {
    isBroken = !(error instanceof DatabaseError) || error.severity === 'FATAL' || isStalePlan(error)
    // Refused before it was given up here: the clock of PostgreSQL was set.
    if (isTooLate(error)) await clock.read(client).catch(() => undefined)
    throw error
  } finally {
    client.release(isBroken)
  }
}

/** The statement is rejected for the same reason: there is nothing left to do. */
function failsTheStatement(): void {}

/**
 * A paused PostgreSQL still reads what waits in its socket when it wakes up, long after the client was
 * told 503. The deadline is checked as the parameter is read; the query around it is never run.
 */
function withDeadline({ name, text, values = [] }: Statement, readBy: () => Date): Statement {
  const checked = checkedText(text, values.length)
  const all = checked === text ? values : [...values, readBy()]
  return name === undefined ? { text: checked, values: all } : { name, text: checked, values: all }
}

/** By the text of a statement: what is sent in its place. There are some thirty. */
const checkedTexts = new Map<string, string>()

function checkedText(text: string, parameters: number): string {
  const known = checkedTexts.get(text)
  if (known !== undefined) return known
  const checked = textWithDeadline(text, parameters)
  checkedTexts.set(text, checked)
  return checked
}

/** A read takes no deadline along. */
function textWithDeadline(text: string, parameters: number): string {
  if (/^\s*SELECT\b/i.test(text)) return text
  const check = `WITH in_time AS (SELECT $${parameters + 1}::public.deadline)`
  return /^\s*WITH\b/i.test(text) ? text.replace(/WITH/i, `${check},`) : `${check} ${text}`
}

/**
 * Sends one statement, and gives up waiting after `limitMs`. By a query of its own making: one that is
 * given as an object of settings is copied property by property, which takes as long as to send it.
 */
async function ask<Row extends object>(
  client: ClientBase,
  { name, text, values }: Statement,
  limitMs: number,
): Promise<SqlResult<Row>> {
  return new Promise((resolve, reject) => {
    const query = new Query<Row>(text, values)
    const settings = {
      name,
      query_timeout: limitMs,
      callback: (error: Error | undefined, result: SqlResult<Row>) =>
        error ? reject(error) : resolve(result),
    }
    client.query(Object.assign(query, settings))
  })
}

/** The name of the unique index or constraint that refused a write, if that is what `error` says. */
export function violatedUniqueIndex(error: unknown): string | undefined {
  return error instanceof DatabaseError && error.code === '23505' ? error.constraint : undefined
}
