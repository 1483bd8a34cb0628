import {
  epochMs,
  type SqlClient,
  type TableUse,
  violatedUniqueIndex,
} from '@session-vs-jwt/stores/postgres'
import { taken } from '../register.js'
import type { PendingRevocation } from '../revocation.js'
import {
  type LoginLookup,
  type NewUser,
  nicknameKey,
  type User,
  type UserPage,
  type UserRepository,
  type UserWithPassword,
} from '../user.js'

/** The cost that a bcrypt hash names, or null. The same text everywhere, or the index is not used. */
const COST = `(substring(password_hash from '^[$]2[aby][$]([0-9][0-9])[$]')::int)`

export const usersSchema: string = `
CREATE TABLE IF NOT EXISTS public.users (
  id uuid PRIMARY KEY,
  nickname text NOT NULL,
  nickname_key text COLLATE "C" NOT NULL CONSTRAINT users_nickname_unique UNIQUE,
  email text NOT NULL CONSTRAINT users_email_unique UNIQUE,
  password_hash text NOT NULL,
  password_version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS users_password_cost ON public.users (${COST});
CREATE TABLE IF NOT EXISTS public.pending_revocations (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  place text NOT NULL,
  password_version integer NOT NULL,
  kept_device uuid,
  due_at timestamptz NOT NULL,
  UNIQUE (user_id, place)
);
ALTER TABLE public.pending_revocations DROP CONSTRAINT IF EXISTS pending_revocations_user_id_fkey;
CREATE INDEX IF NOT EXISTS pending_revocations_due ON public.pending_revocations (place, due_at);
`

/** Of an unknown email there is the cost alone; and without users, not even that. */
type LoginRow = (UserWithPassword | { readonly id: null }) & { readonly highestCost: number | null }

/** What the server does to this table. */
export const usersTable: TableUse = {
  table: 'public.users',
  columns: [
    'id',
    'nickname',
    'nickname_key',
    'email',
    'password_hash',
    'password_version',
    'created_at',
  ],
  updated: ['nickname', 'nickname_key', 'password_hash', 'password_version'],
}

/** What the server does to the list of devices that are still to be logged out. */
export const pendingRevocationsTable: TableUse = {
  table: 'public.pending_revocations',
  columns: ['id', 'user_id', 'place', 'password_version', 'kept_device', 'due_at'],
  updated: ['id', 'password_version', 'kept_device', 'due_at'],
}

const USER = `id, nickname, email, ${epochMs('created_at')} AS "createdAt"`
const WITH_PASSWORD = `${USER}, password_hash AS "passwordHash", password_version AS "passwordVersion"`

/** A request finishes its own revocation sooner, so one that is older was interrupted. */
const DUE_AT = `now() + interval '3 seconds'`

const REVOCATION = 'id, user_id, place, password_version, kept_device, due_at'
const REPLACE_REVOCATION = `ON CONFLICT (user_id, place) DO UPDATE SET id = excluded.id,
  password_version = excluded.password_version, kept_device = excluded.kept_device, due_at = excluded.due_at`

/** At most so many in one turn; the others are due at the next. */
const REVOCATIONS_AT_ONCE = 100

/**
 * Users in PostgreSQL; each method is one statement. The list of all users may lag: `mayLag` can be a
 * replica. Nothing else may, least of all what a password is checked against.
 */
export class PostgresUsers implements UserRepository {
  readonly #sql: SqlClient
  readonly #mayLag: SqlClient

  constructor(sql: SqlClient, mayLag: SqlClient = sql) {
    this.#sql = sql
    this.#mayLag = mayLag
  }

  async add(user: NewUser): Promise<User> {
    const row = await this.#write<User>(
      'users.add',
      `INSERT INTO public.users (id, nickname, nickname_key, email, password_hash, created_at)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${USER}`,
      [
        user.id,
        user.nickname,
        nicknameKey(user.nickname),
        user.email,
        user.passwordHash,
        user.createdAt,
      ],
    )
    if (!row) throw new Error('INSERT … RETURNING returned no row')
    return row
  }

  async remove(id: string): Promise<void> {
    await this.#one('users.remove', 'DELETE FROM public.users WHERE id = $1', [id])
  }

  async findById(id: string): Promise<User | undefined> {
    return this.#one<User>('users.find', `SELECT ${USER} FROM public.users WHERE id = $1`, [id])
  }

  async findForLogin(email: string): Promise<LoginLookup> {
    const row = await this.#one<LoginRow>(
      'users.find-for-login',
      `SELECT ${WITH_PASSWORD}, "highestCost"
       FROM (SELECT max(${COST}) AS "highestCost" FROM public.users) AS costs
       LEFT JOIN public.users ON email = $1`,
      [email],
    )
    const { highestCost, ...user } = row ?? { id: null, highestCost: null }
    return { user: user.id === null ? undefined : user, highestCost: highestCost ?? 0 }
  }

  async findWithPassword(id: string): Promise<UserWithPassword | undefined> {
    return this.#one(
      'users.find-with-password',
      `SELECT ${WITH_PASSWORD} FROM public.users WHERE id = $1`,
      [id],
    )
  }

  async list(page: UserPage): Promise<Pick<User, 'id' | 'nickname'>[]> {
    const { rows } = await this.#mayLag.query<Pick<User, 'id' | 'nickname'>>({
      name: 'users.list',
      text: `SELECT id, nickname FROM public.users
        WHERE $1::text IS NULL OR nickname_key > $1 COLLATE "C"
        ORDER BY nickname_key LIMIT $2`,
      values: [page.after === undefined ? null : nicknameKey(page.after), page.limit],
    })
    return rows
  }

  async rename(id: string, nickname: string): Promise<User | undefined> {
    return this.#write(
      'users.rename',
      `UPDATE public.users SET nickname = $2, nickname_key = $3 WHERE id = $1 RETURNING ${USER}`,
      [id, nickname, nicknameKey(nickname)],
    )
  }

  async announceRevocation(pending: PendingRevocation): Promise<boolean> {
    const { id, userId, place, passwordVersion, keptDevice } = pending
    // Without the lock, a statement that began before another change could announce after it.
    const row = await this.#one(
      'users.announce-revocation',
      `WITH unchanged AS (
         SELECT id FROM public.users WHERE id = $2 AND password_version = $4::integer - 1
         FOR NO KEY UPDATE
       ) INSERT INTO public.pending_revocations AS pending (${REVOCATION})
       SELECT $1::uuid, id, $3::text, $4::integer, $5::uuid, ${DUE_AT} FROM unchanged
       ${REPLACE_REVOCATION}
       WHERE pending.password_version < $4 OR pending.due_at < now()
         OR pending.kept_device IS NOT DISTINCT FROM excluded.kept_device
       RETURNING id`,
      [id, userId, place, passwordVersion, keptDevice],
    )
    return row !== undefined
  }

  async setPassword(
    id: string,
    passwordHash: string,
    expectedVersion: number,
    pending?: PendingRevocation,
  ): Promise<User | undefined> {
    return this.#one(
      'users.set-password',
      `WITH changed AS (
         UPDATE public.users SET password_hash = $2, password_version = password_version + 1
         WHERE id = $1 AND password_version = $3 RETURNING *
       ), recorded AS (
         INSERT INTO public.pending_revocations (${REVOCATION})
         SELECT $4::uuid, id, $5::text, password_version, $6::uuid, ${DUE_AT}
         FROM changed WHERE $4::uuid IS NOT NULL
         ${REPLACE_REVOCATION}
       )
       SELECT ${USER} FROM changed`,
      [id, passwordHash, expectedVersion, pending?.id, pending?.place, pending?.keptDevice],
    )
  }

  async deleteAccount(
    id: string,
    expectedVersion: number,
    pending: PendingRevocation | undefined,
  ): Promise<boolean> {
    const row = await this.#one(
      'users.delete-account',
      `WITH deleted AS (
         DELETE FROM public.users WHERE id = $1 AND password_version = $2 RETURNING id
       ), recorded AS (
         INSERT INTO public.pending_revocations (${REVOCATION})
         SELECT $3::uuid, id, $4::text, $5::integer, NULL, ${DUE_AT}
         FROM deleted WHERE $3::uuid IS NOT NULL
         ${REPLACE_REVOCATION}
       )
       SELECT id FROM deleted`,
      [id, expectedVersion, pending?.id, pending?.place, pending?.passwordVersion],
    )
    return row !== undefined
  }

  async dueRevocations(place: string): Promise<PendingRevocation[]> {
    const { rows } = await this.#sql.query<PendingRevocation & { keptDevice: string | null }>({
      name: 'users.due-revocations',
      text: `UPDATE public.pending_revocations SET due_at = ${DUE_AT} WHERE id IN (
         SELECT id FROM public.pending_revocations WHERE place = $1 AND due_at < now()
         ORDER BY due_at LIMIT ${REVOCATIONS_AT_ONCE} FOR UPDATE SKIP LOCKED
       ) RETURNING id, user_id AS "userId", place, password_version AS "passwordVersion",
         kept_device AS "keptDevice"`,
      values: [place],
    })
    return rows.map((row) => ({ ...row, keptDevice: row.keptDevice ?? undefined }))
  }

  async removeRevocation(id: string): Promise<void> {
    await this.#one(
      'users.remove-revocation',
      'DELETE FROM public.pending_revocations WHERE id = $1',
      [id],
    )
  }

  async rehash(id: string, oldHash: string, newHash: string): Promise<void> {
    await this.#one(
      'users.rehash',
      'UPDATE public.users SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
      [id, oldHash, newHash],
    )
  }

  async passwordVersion(id: string): Promise<number | undefined> {
    const row = await this.#one<{ version: number }>(
      'users.password-version',
      'SELECT password_version AS version FROM public.users WHERE id = $1',
      [id],
    )
    return row?.version
  }

  async #one<Row extends object>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row | undefined> {
    const { rows } = await this.#sql.query<Row>({ name, text, values })
    return rows[0] && fromRow(rows[0])
  }

  /** @throws {AccountError} when the unique index of the nickname or the email refuses the row */
  async #write<Row extends object>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row | undefined> {
    try {
      return await this.#one<Row>(name, text, values)
    } catch (error) {
      const index = violatedUniqueIndex(error)
      if (index === 'users_nickname_unique') throw taken('nickname')
      if (index === 'users_email_unique') throw taken('email')
      throw error
    }
  }
}

/** PostgreSQL answers with milliseconds; a user has a `Date`. */
function fromRow<Row extends object>(row: Row): Row {
  return 'createdAt' in row ? { ...row, createdAt: new Date(Number(row.createdAt)) } : row
}
