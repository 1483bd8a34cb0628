import type { SqlClient } from '@session-vs-jwt/stores'
import type { Revocation } from '@session-vs-jwt/users'
import { hashSessionId } from '../session-id.js'
import type { SessionRecord, SessionStore } from './session-store.js'

export const sessionsSchema: string = `
CREATE TABLE IF NOT EXISTS sessions (
  id_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  email text NOT NULL,
  device_id uuid NOT NULL,
  user_agent text,
  created_at timestamptz NOT NULL,
  idle_until timestamptz NOT NULL,
  absolute_until timestamptz NOT NULL
);
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS password_version integer NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user_id);
CREATE INDEX IF NOT EXISTS sessions_by_idle_until ON sessions (idle_until);
CREATE TABLE IF NOT EXISTS replaced_session_ids (
  id_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL,
  device_id uuid NOT NULL,
  absolute_until timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS replaced_session_ids_by_absolute_until
  ON replaced_session_ids (absolute_until);
`

interface Row {
  userId: string
  email: string
  deviceId: string
  userAgent: string | null
  createdAt: Date
  idleUntil: Date
  absoluteUntil: Date
  passwordVersion: number
}

const COLUMNS = `user_id AS "userId", email, device_id AS "deviceId", user_agent AS "userAgent",
  created_at AS "createdAt", idle_until AS "idleUntil", absolute_until AS "absoluteUntil",
  password_version AS "passwordVersion"`

export class PostgresSessions implements SessionStore {
  readonly place = 'sessions in PostgreSQL'
  readonly #sql: SqlClient

  constructor(sql: SqlClient) {
    this.#sql = sql
  }

  async read(id: string): Promise<SessionRecord | undefined> {
    const { rows } = await this.#sql.query<Row>({
      name: 'sessions.read',
      text: `SELECT ${COLUMNS} FROM sessions WHERE id_hash = $1`,
      values: [idHash(id)],
    })
    return rows[0] && fromRow(rows[0])
  }

  async create(id: string, session: SessionRecord): Promise<void> {
    await this.#sql.query({
      name: 'sessions.create',
      text: `INSERT INTO sessions (id_hash, user_id, email, device_id, user_agent, created_at,
        idle_until, absolute_until, password_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
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
      'UPDATE sessions SET idle_until = $2 WHERE id_hash = $1',
      [idHash(id), new Date(session.idleUntil)],
    )
  }

  async replace(oldId: string, newId: string, session: SessionRecord): Promise<boolean> {
    return this.#changesOne(
      'sessions.replace',
      `WITH replaced AS (
        UPDATE sessions SET id_hash = $2, idle_until = $3 WHERE id_hash = $1
        RETURNING user_id, device_id, absolute_until
      ) INSERT INTO replaced_session_ids (id_hash, user_id, device_id, absolute_until)
        SELECT $1, user_id, device_id, absolute_until FROM replaced`,
      [idHash(oldId), idHash(newId), new Date(session.idleUntil)],
    )
  }

  async destroy(id: string): Promise<void> {
    const values = [idHash(id)]
    const text = 'DELETE FROM sessions WHERE id_hash = $1'
    if (await this.#changesOne('sessions.destroy', text, values)) return
    await this.#changesOne(
      'sessions.destroy-replaced',
      `DELETE FROM sessions USING replaced_session_ids replaced WHERE replaced.id_hash = $1
        AND sessions.user_id = replaced.user_id AND sessions.device_id = replaced.device_id`,
      values,
    )
  }

  async list(userId: string): Promise<SessionRecord[]> {
    const { rows } = await this.#sql.query<Row>({
      name: 'sessions.list',
      text: `SELECT ${COLUMNS} FROM sessions WHERE user_id = $1`,
      values: [userId],
    })
    return rows.map(fromRow)
  }

  async destroyDevice(userId: string, deviceId: string): Promise<boolean> {
    return this.#changesOne(
      'sessions.destroy-device',
      'DELETE FROM sessions WHERE user_id = $1 AND device_id = $2',
      [userId, deviceId],
    )
  }

  async destroyAll(userId: string): Promise<void> {
    await this.#changesOne('sessions.destroy-all', 'DELETE FROM sessions WHERE user_id = $1', [
      userId,
    ])
  }

  async endDevices({ userId, passwordVersion, keptDevice }: Revocation): Promise<void> {
    await this.#changesOne(
      'sessions.end-devices',
      `DELETE FROM sessions WHERE user_id = $1 AND password_version < $2
        AND device_id IS DISTINCT FROM $3`,
      [userId, passwordVersion, keptDevice],
    )
  }

  /** PostgreSQL forgets nothing by itself: this runs now and then, outside any request. */
  async removeExpired(before: Date): Promise<void> {
    await this.#changesOne(
      'sessions.remove-expired',
      'DELETE FROM sessions WHERE idle_until < $1',
      [before],
    )
    await this.#changesOne(
      'sessions.remove-replaced',
      'DELETE FROM replaced_session_ids WHERE absolute_until < $1',
      [before],
    )
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
    createdAt: row.createdAt.getTime(),
    idleUntil: row.idleUntil.getTime(),
    absoluteUntil: row.absoluteUntil.getTime(),
    passwordVersion: row.passwordVersion,
  }
}
