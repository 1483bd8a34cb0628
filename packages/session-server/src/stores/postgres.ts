import {
  epochMs,
  removeExpiredRows,
  type SqlClient,
  type TableUse,
} from '@session-vs-jwt/stores/postgres'
import type { Revocation } from '@session-vs-jwt/users'
import { hashSessionId } from '../session/session-id.js'
import { type SessionRecord, sessionSchema, type SessionStore } from './session-store.js'

export const sessionsSchema: string = `
CREATE TABLE IF NOT EXISTS public.sessions (
  id_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
  email text NOT NULL,
  device_id uuid NOT NULL,
  user_agent text,
  created_at timestamptz NOT NULL,
  idle_until timestamptz NOT NULL,
  absolute_until timestamptz NOT NULL
);
ALTER TABLE public.sessions ADD COLUMN IF NOT EXISTS password_version integer NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS sessions_of_user ON public.sessions (user_id);
CREATE INDEX IF NOT EXISTS sessions_by_idle_until ON public.sessions (idle_until);
CREATE TABLE IF NOT EXISTS public.replaced_session_ids (
  id_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL,
  device_id uuid NOT NULL,
  absolute_until timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS replaced_session_ids_by_absolute_until
  ON public.replaced_session_ids (absolute_until);
`

const REPLACED = ['id_hash', 'user_id', 'device_id', 'absolute_until']

/** What the server does to these tables. */
export const sessionTables: readonly TableUse[] = [
  {
    table: 'public.sessions',
    columns: [...REPLACED, 'email', 'user_agent', 'created_at', 'idle_until', 'password_version'],
    updated: ['id_hash', 'idle_until'],
  },
  { table: 'public.replaced_session_ids', columns: REPLACED },
]

interface Row {
  idHash: Buffer
  userId: string
  email: string
  deviceId: string
  userAgent: string | null
  createdAt: string
  idleUntil: string
  absoluteUntil: string
  passwordVersion: number
}

const COLUMNS = `id_hash AS "idHash", user_id AS "userId", email, device_id AS "deviceId",
  user_agent AS "userAgent",
  ${epochMs('created_at')} AS "createdAt", ${epochMs('idle_until')} AS "idleUntil",
  ${epochMs('absolute_until')} AS "absoluteUntil", password_version AS "passwordVersion"`

export class PostgresSessions implements SessionStore {
  readonly place = 'sessions in PostgreSQL'
  readonly #sql: SqlClient
  readonly #onUnreadable: (key: string) => void

  /** Calls `onUnreadable` with the key of a row that doesn't hold a session. */
  constructor(sql: SqlClient, onUnreadable: (key: string) => void) {
    this.#sql = sql
    this.#onUnreadable = onUnreadable
  }

  async read(id: string): Promise<SessionRecord | undefined> {
    const { rows } = await this.#sql.query<Row>({
      name: 'sessions.read',
      text: `SELECT ${COLUMNS} FROM public.sessions WHERE id_hash = $1`,
      values: [idHash(id)],
    })
    return rows.flatMap((row) => this.#readable(row))[0]
  }

  /** Stores nothing for a user who has just been deleted: the login finds that out by itself. */
  async create(id: string, session: SessionRecord): Promise<void> {
    await this.#sql.query({
      name: 'sessions.create',
      text: `INSERT INTO public.sessions (id_hash, user_id, email, device_id, user_agent, created_at,
        idle_until, absolute_until, password_version)
        SELECT $1::bytea, id, $3::text, $4::uuid, $5::text, $6::timestamptz, $7::timestamptz, $8::timestamptz,
          $9::integer
        FROM public.users WHERE id = $2 FOR KEY SHARE`,
      values: [
        idHash(id),
        session.userId,
        session.email,
        session.deviceId,
        session.userAgent,
        new Date(session.createdAt),
        new Date(session.idleUntil),
        new Date(session.absoluteUntil),
        session.passwordVersion ?? 0,
      ],
    })
  }

  async update(id: string, session: SessionRecord): Promise<boolean> {
    return this.#changesOne(
      'sessions.update',
      'UPDATE public.sessions SET idle_until = $2 WHERE id_hash = $1',
      [idHash(id), new Date(session.idleUntil)],
    )
  }

  async replace(oldId: string, newId: string, session: SessionRecord): Promise<boolean> {
    return this.#changesOne(
      'sessions.replace',
      `WITH replaced AS (
        UPDATE public.sessions SET id_hash = $2, idle_until = $3 WHERE id_hash = $1
        RETURNING user_id, device_id, absolute_until
      ) INSERT INTO public.replaced_session_ids (id_hash, user_id, device_id, absolute_until)
        SELECT $1, user_id, device_id, absolute_until FROM replaced`,
      [idHash(oldId), idHash(newId), new Date(session.idleUntil)],
    )
  }

  async destroy(id: string): Promise<void> {
    const values = [idHash(id)]
    const text = 'DELETE FROM public.sessions WHERE id_hash = $1'
    if (await this.#changesOne('sessions.destroy', text, values)) return
    await this.#changesOne(
      'sessions.destroy-replaced',
      `DELETE FROM public.sessions USING public.replaced_session_ids replaced WHERE replaced.id_hash = $1
        AND sessions.user_id = replaced.user_id AND sessions.device_id = replaced.device_id`,
      values,
    )
  }

  async list(userId: string): Promise<SessionRecord[]> {
    const { rows } = await this.#sql.query<Row>({
      name: 'sessions.list',
      text: `SELECT ${COLUMNS} FROM public.sessions WHERE user_id = $1`,
      values: [userId],
    })
    return rows.flatMap((row) => this.#readable(row))
  }

  async destroyDevice(userId: string, deviceId: string): Promise<boolean> {
    return this.#changesOne(
      'sessions.destroy-device',
      'DELETE FROM public.sessions WHERE user_id = $1 AND device_id = $2',
      [userId, deviceId],
    )
  }

  async destroyAll(userId: string): Promise<void> {
    const text = 'DELETE FROM public.sessions WHERE user_id = $1'
    await this.#changesOne('sessions.destroy-all', text, [userId])
  }

  async endDevices({ userId, passwordVersion, keptDevice }: Revocation): Promise<void> {
    await this.#changesOne(
      'sessions.end-devices',
      `DELETE FROM public.sessions WHERE user_id = $1 AND password_version < $2
        AND device_id IS DISTINCT FROM $3`,
      [userId, passwordVersion, keptDevice],
    )
  }

  /** PostgreSQL forgets nothing by itself: this runs now and then, outside any request. */
  async removeExpired(before: Date, signal?: AbortSignal): Promise<void> {
    const sessions = { table: 'public.sessions', column: 'idle_until', before }
    await removeExpiredRows(this.#sql, sessions, signal)
    const replaced = { table: 'public.replaced_session_ids', column: 'absolute_until', before }
    await removeExpiredRows(this.#sql, replaced, signal)
  }

  #readable(row: Row): SessionRecord[] {
    const { success, data } = sessionSchema.safeParse(fromRow(row))
    if (success) return [data]
    this.#onUnreadable(`sessions ${row.idHash.toString('hex')}`)
    return []
  }

  async #changesOne(name: string, text: string, values: readonly unknown[]): Promise<boolean> {
    const { rowCount } = await this.#sql.query({ name, text, values })
    return rowCount === 1
  }
}

/** Half as long as the text that it is written in. */
function idHash(id: string): Buffer {
  return Buffer.from(hashSessionId(id), 'base64url')
}

function fromRow(row: Row): SessionRecord {
  return {
    userId: row.userId,
    email: row.email,
    deviceId: row.deviceId,
    userAgent: row.userAgent,
    createdAt: Number(row.createdAt),
    idleUntil: Number(row.idleUntil),
    absoluteUntil: Number(row.absoluteUntil),
    passwordVersion: row.passwordVersion,
  }
}
