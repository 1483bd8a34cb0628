import { Client } from 'pg'

type Table = 'sessions' | 'refresh_families'

/** Each of the users has ten logins. */
const COPIES: Readonly<Record<Table, string>> = {
  sessions: `
    INSERT INTO sessions
    SELECT sha256(('copy ' || n)::bytea), u.id, u.email, gen_random_uuid(), t.user_agent,
      t.created_at, t.idle_until, t.absolute_until
    FROM generate_series($1::int, $2::int) n
    JOIN users u ON u.nickname = 'copy ' || n / 10
    CROSS JOIN (SELECT * FROM sessions LIMIT 1) t`,
  refresh_families: `
    INSERT INTO refresh_families
    SELECT gen_random_uuid(), u.id, t.user_agent, t.created_at, t.live_until, t.absolute_until, t.tokens
    FROM generate_series($1::int, $2::int) n
    JOIN users u ON u.nickname = 'copy ' || n / 10
    CROSS JOIN (SELECT * FROM refresh_families LIMIT 1) t`,
}

const USERS = `
  INSERT INTO users (id, nickname, nickname_key, email, password_hash, created_at)
  SELECT gen_random_uuid(), 'copy ' || n, 'copy ' || n, 'copy' || n || '@example.org', '', now()
  FROM generate_series($1::int, $2::int) n ON CONFLICT DO NOTHING`

/** Logins in PostgreSQL: copies of a real one, of users of their own. */
export class PostgresPopulation {
  readonly #client: Client
  readonly #table: Table

  private constructor(client: Client, table: Table) {
    this.#client = client
    this.#table = table
  }

  static async connect(url: string, table: Table): Promise<PostgresPopulation> {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(`TRUNCATE ${table}`)
    return new PostgresPopulation(client, table)
  }

  /** Copies of the login that is there, from the `from`-th to the one before the `to`-th. */
  async grow(from: number, to: number): Promise<void> {
    const users = [from, to].map((it) => Math.floor(it / 10))
    await this.#client.query(USERS, users)
    await this.#client.query('ANALYZE users')
    await this.#client.query(COPIES[this.#table], [from, to - 1])
    await this.#client.query(`VACUUM ANALYZE ${this.#table}`)
  }

  /** Bytes of the table with its indexes. */
  async bytes(): Promise<number> {
    const { rows } = await this.#client.query<{ bytes: string }>(
      'SELECT pg_total_relation_size($1::regclass) AS bytes',
      [this.#table],
    )
    return Number(rows[0]?.bytes)
  }

  async clear(): Promise<void> {
    await this.#client.query(`TRUNCATE ${this.#table}`)
    await this.#client.query(`DELETE FROM users WHERE nickname LIKE 'copy %'`)
    await this.#client.end()
  }
}
