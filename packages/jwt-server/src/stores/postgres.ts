import type { SqlClient } from '@session-vs-jwt/stores'
import type { Revocation } from '@session-vs-jwt/users'
import type {
  FamilySettings,
  PresentedToken,
  RefreshFamily,
  RefreshFamilyStore,
  Rotation,
  RotationResult,
  TokenState,
} from './refresh-family-store.js'

/*
 * tokens: the hash of each token that counts -> null while it is live, or the end of its grace period in
 * milliseconds. A family is one row, so a rotation is one update of one row, and one of N wins.
 */
export const refreshSchema: string = `
CREATE TABLE IF NOT EXISTS refresh_families (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  user_agent text,
  created_at timestamptz NOT NULL,
  live_until timestamptz NOT NULL,
  absolute_until timestamptz NOT NULL,
  tokens jsonb NOT NULL
);
ALTER TABLE refresh_families ADD COLUMN IF NOT EXISTS password_version integer NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS refresh_families_of_user ON refresh_families (user_id);
CREATE INDEX IF NOT EXISTS refresh_families_by_live_until ON refresh_families (live_until);
CREATE TABLE IF NOT EXISTS denied_families (
  id uuid PRIMARY KEY,
  until timestamptz NOT NULL
);
`

interface Row {
  id: string
  userId: string
  userAgent: string | null
  createdAt: Date
  liveUntil: Date
  absoluteUntil: Date
  passwordVersion: number
}

/** Whether the token $3 counts at the moment $4, in milliseconds. */
const COUNTS = `tokens ? $3 AND (tokens->$3 = 'null' OR (tokens->>$3)::bigint > $4::bigint)`

/** Ends the families that `condition` picks, and denies their access tokens until `until` if it is given. */
const ended = (condition: string, until: string): string => `
ended AS (DELETE FROM refresh_families WHERE ${condition} RETURNING id),
denied AS (
  INSERT INTO denied_families (id, until)
  SELECT id, ${until}::timestamptz FROM ended WHERE ${until}::timestamptz IS NOT NULL
  ON CONFLICT (id) DO NOTHING
)`

const HAS_ENDED = 'EXISTS (SELECT FROM ended) AS "hasEnded"'

/** What a statement has found of a token, and done about it. */
interface Found {
  readonly hasEnded: boolean
}

export class PostgresRefreshFamilies implements RefreshFamilyStore {
  readonly place = 'refresh families in PostgreSQL'
  readonly #sql: SqlClient
  readonly #settings: FamilySettings

  constructor(sql: SqlClient, settings: FamilySettings) {
    this.#sql = sql
    this.#settings = settings
  }

  async start(family: RefreshFamily, tokenHash: string): Promise<void> {
    await this.#rows(
      'families.start',
      `INSERT INTO refresh_families (id, user_id, user_agent, created_at, live_until, absolute_until,
        tokens, password_version)
       VALUES ($1, $2, $3, $4, $5, $6, jsonb_build_object($7::text, null), $8)`,
      [
        family.id,
        family.userId,
        family.userAgent,
        new Date(family.createdAt),
        new Date(family.liveUntil),
        new Date(family.absoluteUntil),
        tokenHash,
        family.passwordVersion,
      ],
    )
  }

  async check(token: PresentedToken): Promise<TokenState> {
    const [found] = await this.#rows<Found & { counts: boolean }>(
      'families.check',
      `WITH ${ended(`id = $1 AND user_id = $2 AND NOT (${COUNTS})`, '$5')}
       SELECT ${HAS_ENDED}, EXISTS (
         SELECT FROM refresh_families WHERE id = $1 AND user_id = $2 AND ${COUNTS}
       ) AS counts`,
      [token.familyId, token.userId, token.tokenHash, this.#now(), this.#denyUntil()],
    )
    return found?.counts ? 'live' : stateOf(found)
  }

  async rotate(token: PresentedToken, rotation: Rotation): Promise<RotationResult> {
    // The lock makes parallel rotations wait for each other: the second one sees that the token is spent.
    const [found] = await this.#rows<Found & { absoluteUntil: Date | null }>(
      'families.rotate',
      `WITH family AS (
         SELECT id, ${COUNTS} AS counts FROM refresh_families WHERE id = $1 AND user_id = $2 FOR UPDATE
       ), rotated AS (
         UPDATE refresh_families SET
          live_until = least($5::timestamptz, absolute_until),
          tokens = jsonb_build_object($6::text, null) || coalesce((
            SELECT jsonb_object_agg(key, CASE WHEN key = $3 AND value = 'null' THEN to_jsonb($7::bigint)
              ELSE value END)
            FROM jsonb_each(tokens)
            WHERE (key = $3 AND value = 'null' AND $7::bigint > $4::bigint)
              OR (key <> $3 AND value = 'null')
              OR (value <> 'null' AND (value #>> '{}')::bigint > $4::bigint)
          ), '{}')
         FROM family WHERE refresh_families.id = family.id AND counts
         RETURNING absolute_until
       ), ${ended('id IN (SELECT id FROM family WHERE NOT counts)', '$8')}
       SELECT ${HAS_ENDED}, (SELECT absolute_until FROM rotated) AS "absoluteUntil"`,
      [
        token.familyId,
        token.userId,
        token.tokenHash,
        this.#now(),
        new Date(rotation.liveUntil),
        rotation.newTokenHash,
        rotation.graceUntil,
        this.#denyUntil(),
      ],
    )
    const absoluteUntil = found?.absoluteUntil
    return absoluteUntil
      ? { state: 'live', absoluteUntil: absoluteUntil.getTime() }
      : { state: stateOf(found) }
  }

  async list(userId: string): Promise<RefreshFamily[]> {
    const rows = await this.#rows<Row>(
      'families.list',
      `SELECT id, user_id AS "userId", user_agent AS "userAgent", created_at AS "createdAt",
        live_until AS "liveUntil", absolute_until AS "absoluteUntil",
        password_version AS "passwordVersion"
       FROM refresh_families WHERE user_id = $1`,
      [userId],
    )
    return rows.map(({ createdAt, liveUntil, absoluteUntil, ...rest }) => ({
      ...rest,
      createdAt: createdAt.getTime(),
      liveUntil: liveUntil.getTime(),
      absoluteUntil: absoluteUntil.getTime(),
    }))
  }

  async end(userId: string, familyId: string): Promise<boolean> {
    return this.#endWhere('families.end', 'user_id = $2 AND id = $3', [userId, familyId])
  }

  async endAll(userId: string): Promise<void> {
    await this.#endWhere('families.end-all', 'user_id = $2', [userId])
  }

  async endDevices({ userId, passwordVersion, keptDevice }: Revocation): Promise<void> {
    await this.#endWhere(
      'families.end-devices',
      'user_id = $2 AND password_version < $3 AND id IS DISTINCT FROM $4',
      [userId, passwordVersion, keptDevice],
    )
  }

  async isDenied(_userId: string, familyId: string): Promise<boolean> {
    const rows = await this.#rows(
      'families.is-denied',
      'SELECT 1 FROM denied_families WHERE id = $1 AND until > $2',
      [familyId, new Date(this.#now())],
    )
    return rows.length === 1
  }

  /** PostgreSQL forgets nothing by itself: this runs now and then, outside any request. */
  async removeExpired(before: Date): Promise<void> {
    await this.#rows('families.purge', 'DELETE FROM refresh_families WHERE live_until < $1', [
      before,
    ])
    await this.#rows('denied.purge', 'DELETE FROM denied_families WHERE until < $1', [before])
  }

  async #endWhere(name: string, condition: string, values: readonly unknown[]): Promise<boolean> {
    const text = `WITH ${ended(condition, '$1')} SELECT ${HAS_ENDED}`
    const [found] = await this.#rows<Found>(name, text, [this.#denyUntil(), ...values])
    return found?.hasEnded ?? false
  }

  /** Undefined without a denylist. */
  #denyUntil(): Date | undefined {
    const { denyMs } = this.#settings
    return denyMs > 0 ? new Date(this.#now() + denyMs) : undefined
  }

  async #rows<R extends object>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<R[]> {
    return (await this.#sql.query<R>({ name, text, values })).rows
  }

  #now(): number {
    return this.#settings.clock().getTime()
  }
}

/** The token is not live. A family that ended because of it was there, so the token was spent. */
function stateOf(found: Found | undefined): 'spent' | 'gone' {
  return found?.hasEnded ? 'spent' : 'gone'
}
