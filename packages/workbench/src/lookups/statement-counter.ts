import { Client } from 'pg'
import { type Calls, difference } from './calls.js'

/**
 * Statements that belong to no request: the clock of PostgreSQL, read once by each new connection,
 * what has expired, removed once a minute, and a look for devices that are still to be logged out.
 */
const BESIDE_REQUESTS: readonly RegExp[] = [
  /^SELECT \(extract\(\S+ FROM clock_timestamp\(\)\)/,
  /\bDELETE FROM public\.\w+ WHERE ctid = ANY/,
  /\bUPDATE public\.pending_revocations SET due_at = /,
]

/** As many as a pool has connections. A statement that each request sends is seen all the same. */
const FEW = 10

function requested(calls: Calls): Calls {
  const isBeside = (text: string): boolean => BESIDE_REQUESTS.some((it) => it.test(text))
  return new Map([...calls].filter(([text, n]) => n > FEW || !isBeside(text)))
}

/**
 * `pg_stat_statements`. A statement counts once it has ended well, as the protocol had it run: BEGIN
 * and COMMIT would be statements of their own, a statement that a trigger or a foreign key runs is
 * part of the one that set it off. One that failed is not counted by PostgreSQL.
 */
export class StatementCounter {
  readonly #client: Client
  #before: Calls = new Map()

  private constructor(client: Client) {
    this.#client = client
  }

  static async connect(url: string): Promise<StatementCounter> {
    // What this connection itself asks is not counted.
    const options = '-c pg_stat_statements.track=none'
    const client = new Client({ connectionString: url, options })
    await client.connect()
    return new StatementCounter(client)
  }

  async begin(): Promise<void> {
    this.#before = await this.#read()
  }

  async end(): Promise<Calls> {
    return requested(difference(await this.#read(), this.#before))
  }

  close = async (): Promise<void> => this.#client.end()

  async #read(): Promise<Calls> {
    const { rows } = await this.#client.query<{ query: string; calls: number }>(
      `SELECT query, sum(calls)::int AS calls FROM pg_stat_statements
       JOIN pg_database ON pg_database.oid = dbid
       WHERE datname = current_database() GROUP BY query`,
    )
    return new Map(rows.map(({ query, calls }) => [query, calls]))
  }
}
