import { momentSchema } from '@session-vs-jwt/stores'
import {
  epochMs,
  removeExpiredRows,
  type SqlClient,
  type TableUse,
} from '@session-vs-jwt/stores/postgres'
import type { Revocation } from '@session-vs-jwt/users'
import type {
  FamilySettings,
  PresentedToken,
  RefreshFamily,
  RefreshFamilyStore,
  Rotation,
  RotationResult,
} from './refresh-family-store.js'
import {
  CLOCK_MARGIN_MS,
  type Decision,
  MAX_LIVE_TOKENS,
  withinGrace,
} from './spent-token-policy.js'

/*
 * tokens: the hash of each token -> null while it is live, or the end of its grace period in milliseconds; a
 * token whose grace period is over is forgotten. A family is one row, so a rotation is one update of one row, and one of N wins.
 *
 * No foreign key: deleting a user must not delete the families before their access tokens are revoked.
 */
export const refreshSchema: string = `
CREATE TABLE IF NOT EXISTS public.refresh_families (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  user_agent text,
  created_at timestamptz NOT NULL,
  live_until timestamptz NOT NULL,
  absolute_until timestamptz NOT NULL,
  tokens jsonb NOT NULL
);
ALTER TABLE public.refresh_families
  ADD COLUMN IF NOT EXISTS password_version integer NOT NULL DEFAULT 0,
  DROP CONSTRAINT IF EXISTS refresh_families_user_id_fkey;
CREATE INDEX IF NOT EXISTS refresh_families_of_user ON public.refresh_families (user_id);
CREATE INDEX IF NOT EXISTS refresh_families_by_live_until ON public.refresh_families (live_until);
CREATE TABLE IF NOT EXISTS public.denied_families (
  id uuid PRIMARY KEY,
  until timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS denied_families_by_until ON public.denied_families (until);
CREATE TABLE IF NOT EXISTS public.generations (
  user_id uuid PRIMARY KEY,
  began bigint NOT NULL,
  until timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS generations_by_until ON public.generations (until);
`

/** What the server does to these tables. */
export const familyTables: readonly TableUse[] = [
  {
    table: 'public.refresh_families',
    columns: [
      'id',
      'user_id',
      'user_agent',
      'created_at',
      'live_until',
      'absolute_until',
      'tokens',
      'password_version',
    ],
    updated: ['live_until', 'tokens'],
  },
  { table: 'public.denied_families', columns: ['id', 'until'] },
  {
    table: 'public.generations',
    columns: ['user_id', 'began', 'until'],
    updated: ['began', 'until'],
  },
]

interface Row {
  id: string
  userAgent: string | null
  createdAt: string
  liveUntil: string
  absoluteUntil: string
  passwordVersion: number
  readable: boolean
}

/** Whether this value is a grace period that lasts at the moment $4. It is not cast: it may be anything. */
const isInGrace = (value: string): string =>
  `(jsonb_typeof(${value}) = 'number' AND ${value} > to_jsonb($4::bigint))`

/**
 * What becomes of the token $3 at the moment $4, as `decide` says. $5 is what the policy says within a grace period,
 * $7 the next token, $8 when a grace period that starts now would end.
 */
const DECISION = `CASE WHEN tokens->$3 = 'null' THEN 'rotate'
  WHEN ${isInGrace('tokens->$3')} IS NOT TRUE OR $5::text = 'end' THEN 'end'
  WHEN tokens->$3 > to_jsonb($8::bigint + ${CLOCK_MARGIN_MS}) OR ($5 = 'repeat' AND NOT tokens ? $7::text)
    OR ($5 = 'rotate' AND (SELECT count(*) FROM jsonb_each(tokens) WHERE value = 'null') >= ${MAX_LIVE_TOKENS})
    THEN 'refuse'
  ELSE $5 END`

/**
 * Whether a row holds a family. Another program may have written to it, so this checks that a `Date` can hold
 * the times, and that the tokens are an object of nulls and numbers with at least one live token.
 */
const READABLE = `(created_at BETWEEN to_timestamp(0) AND to_timestamp(8.64e12)
  AND live_until BETWEEN to_timestamp(0) AND to_timestamp(8.64e12)
  AND absolute_until BETWEEN to_timestamp(0) AND to_timestamp(8.64e12)
  AND coalesce(tokens @? 'strict $.* ? (@ == null)', false)
  AND NOT tokens @? 'strict $.* ? (@.type() != "null" && @.type() != "number")')`

/** Ends the families that `condition` picks, and denies their access tokens until `until` if it is given. */
const ended = (condition: string, until: string): string => `
ended AS (DELETE FROM public.refresh_families WHERE ${condition} RETURNING id),
denied AS (
  INSERT INTO public.denied_families (id, until)
  SELECT id, ${until}::timestamptz FROM ended WHERE ${until}::timestamptz IS NOT NULL
  ON CONFLICT (id) DO NOTHING
)`

/** Begins a generation of access tokens of the user $2, stored until `until`, on the clock of PostgreSQL. */
const begun = (until: string): string => `
begun AS (
  INSERT INTO public.generations AS earlier (user_id, began, until)
  VALUES ($2, floor(extract(epoch FROM clock_timestamp()) * 1000), ${until}::timestamptz)
  ON CONFLICT (user_id) DO UPDATE SET until = excluded.until, began = CASE
    WHEN earlier.began BETWEEN 0 AND 8.64e15 THEN greatest(excluded.began, earlier.began + 1) ELSE excluded.began END
)`

const HAS_ENDED = 'EXISTS (SELECT FROM ended) AS "hasEnded"'

/** What a rotation has found and done; everything is null where there is no such row. */
interface Rotated {
  readonly readable: boolean | null
  readonly outcome: Decision | null
  readonly absoluteUntil: string | null
  readonly graceUntil: string | null
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
      `INSERT INTO public.refresh_families (id, user_id, user_agent, created_at, live_until, absolute_until,
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

  async rotate(token: PresentedToken, rotation: Rotation): Promise<RotationResult> {
    // The lock makes parallel rotations wait for each other: the second one sees that the token is spent.
    const [found] = await this.#rows<Rotated>(
      'families.rotate',
      `WITH family AS (
         SELECT id, ${READABLE} AS readable, ${DECISION} AS decision, tokens->>$3 AS grace_until,
           ${epochMs('absolute_until')} AS absolute_until
         FROM public.refresh_families WHERE id = $1 AND user_id = $2 FOR UPDATE
       ), rotated AS (
         UPDATE public.refresh_families AS it SET
          live_until = least($6::timestamptz, it.absolute_until),
          tokens = jsonb_build_object($7::text, null) || coalesce((
            SELECT jsonb_object_agg(key, CASE WHEN key = $3 AND value = 'null' THEN to_jsonb($8::bigint)
              ELSE value END)
            FROM jsonb_each(tokens)
            WHERE (value = 'null' OR ${isInGrace('value')})
              AND (key <> $3 OR value <> 'null' OR $8::bigint > $4::bigint)
          ), '{}')
         FROM family WHERE it.id = family.id AND readable AND decision = 'rotate'
         RETURNING decision
       ), ${ended("id IN (SELECT id FROM family WHERE readable AND decision = 'end')", '$9')}
       SELECT family.readable, family.absolute_until AS "absoluteUntil", grace_until AS "graceUntil",
         CASE WHEN decision = 'rotate' THEN (SELECT decision FROM rotated)
           WHEN decision = 'end' AND NOT EXISTS (SELECT FROM ended) THEN NULL ELSE decision END AS outcome
       FROM family`,
      [
        token.familyId,
        token.userId,
        token.tokenHash,
        this.#now(),
        withinGrace[this.#settings.policy],
        new Date(rotation.liveUntil),
        rotation.newTokenHash,
        rotation.graceUntil,
        this.#denyUntil(),
      ],
    )
    if (found?.readable === false) return { outcome: this.#unreadable(token.familyId) }
    const { outcome = null, absoluteUntil, graceUntil } = found ?? {}
    if (outcome === null) return { outcome: 'gone' }
    const moments = { absoluteUntil: Number(absoluteUntil), graceUntil: Number(graceUntil) }
    if (outcome === 'repeat') return { outcome, ...moments }
    if (outcome === 'rotate') return { outcome, absoluteUntil: moments.absoluteUntil }
    return { outcome }
  }

  async list(userId: string): Promise<RefreshFamily[]> {
    const rows = await this.#rows<Row>(
      'families.list',
      `SELECT id, user_agent AS "userAgent", ${epochMs('created_at')} AS "createdAt",
        ${epochMs('live_until')} AS "liveUntil", ${epochMs('absolute_until')} AS "absoluteUntil",
        password_version AS "passwordVersion", ${READABLE} AS readable
       FROM public.refresh_families WHERE user_id = $1`,
      [userId],
    )
    for (const { id, readable } of rows) if (!readable) this.#unreadable(id)
    const families = rows.filter(({ readable }) => readable)
    return families.map(
      ({ id, userAgent, createdAt, liveUntil, absoluteUntil, passwordVersion }) => ({
        id,
        userId,
        userAgent,
        createdAt: Number(createdAt),
        liveUntil: Number(liveUntil),
        absoluteUntil: Number(absoluteUntil),
        passwordVersion,
      }),
    )
  }

  async end(userId: string, familyId: string): Promise<boolean> {
    return this.#endWhere('families.end', 'user_id = $2 AND id = $3', [userId, familyId])
  }

  async endAll(userId: string): Promise<void> {
    await this.#endAllWhere('families.end-all', 'user_id = $2', [userId])
  }

  async endDevices({ userId, passwordVersion, keptDevice }: Revocation): Promise<void> {
    await this.#endAllWhere(
      'families.end-devices',
      'user_id = $2 AND password_version < $3 AND id IS DISTINCT FROM $4',
      [userId, passwordVersion, keptDevice],
    )
  }

  async isDenied(_userId: string, familyId: string): Promise<boolean> {
    const rows = await this.#rows(
      'families.is-denied',
      'SELECT 1 FROM public.denied_families WHERE id = $1 AND until > $2',
      [familyId, new Date(this.#now())],
    )
    return rows.length === 1
  }

  async generationOf(userId: string): Promise<number> {
    const [generation] = await this.#rows<{ began: string }>(
      'generations.find',
      'SELECT began FROM public.generations WHERE user_id = $1',
      [userId],
    )
    const { success, data } = momentSchema.safeParse(Number(generation?.began ?? 0))
    if (success) return data
    this.#settings.onUnreadable(`generations ${userId}`)
    return Infinity
  }

  /** PostgreSQL forgets nothing by itself: this runs now and then, outside any request. */
  async removeExpired(before: Date, signal?: AbortSignal): Promise<void> {
    const families = { table: 'public.refresh_families', column: 'live_until', before }
    await removeExpiredRows(this.#sql, families, signal)
    const denied = { table: 'public.denied_families', column: 'until', before }
    await removeExpiredRows(this.#sql, denied, signal)
    const generations = { table: 'public.generations', column: 'until', before }
    await removeExpiredRows(this.#sql, generations, signal)
  }

  #unreadable(familyId: string): 'gone' {
    this.#settings.onUnreadable(`refresh_families ${familyId}`)
    return 'gone'
  }

  async #endWhere(name: string, condition: string, values: readonly unknown[]): Promise<boolean> {
    const text = `WITH ${ended(condition, '$1')} SELECT ${HAS_ENDED}`
    const [found] = await this.#rows<{ hasEnded: boolean }>(name, text, [
      this.#denyUntil(),
      ...values,
    ])
    return found?.hasEnded ?? false
  }

  /** Also begins a generation of access tokens, if the store keeps them. */
  async #endAllWhere(name: string, condition: string, values: readonly unknown[]): Promise<void> {
    const { generationMs } = this.#settings
    if (generationMs === undefined) return void (await this.#endWhere(name, condition, values))
    const until = new Date(this.#now() + generationMs)
    const text = `WITH ${ended(condition, '$1')}, ${begun(`$${values.length + 2}`)} SELECT ${HAS_ENDED}`
    await this.#rows(name, text, [this.#denyUntil(), ...values, until])
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
