import { fromStoredJson, momentSchema } from '@session-vs-jwt/stores'
import type { DeviceStore, Revocation } from '@session-vs-jwt/users'
import { z } from 'zod'

/** What a session knows. It answers `whoami` without a look at the user's row. */
export interface SessionRecord {
  readonly userId: string
  readonly email: string
  /** Names the session to its owner. It stays when the id changes, and opens nothing. */
  readonly deviceId: string
  readonly userAgent: string | null
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number
  readonly idleUntil: number
  readonly absoluteUntil: number
  /** The version of the password that logged in. `undefined` if the cookie carries the session. */
  readonly passwordVersion?: number | undefined
}

/** Sessions by id. What a method does it does at once: no other request comes in between. */
export interface SessionStore extends DeviceStore {
  read(id: string): Promise<SessionRecord | undefined>
  create(id: string, session: SessionRecord): Promise<void>
  /** Writes only where the session still is: an ended one does not come back. Tells whether it was. */
  update(id: string, session: SessionRecord): Promise<boolean>
  /** Moves the session to a new id; the old one can still end it. Tells whether it was there. */
  replace(oldId: string, newId: string, session: SessionRecord): Promise<boolean>
  /**
   * Ends the session, by an id too that it has given up: else the logout of one tab would miss what
   * another tab, or a thief, has just moved. An id that is not known costs a second look.
   */
  destroy(id: string): Promise<void>
  list(userId: string): Promise<SessionRecord[]>
  /** Whether the user had such a device. */
  destroyDevice(userId: string, deviceId: string): Promise<boolean>
  destroyAll(userId: string): Promise<void>
}

export const sessionSchema: z.ZodType<SessionRecord> = z.object({
  userId: z.uuid(),
  email: z.string(),
  deviceId: z.uuid(),
  userAgent: z.string().nullable(),
  createdAt: momentSchema,
  idleUntil: momentSchema,
  absoluteUntil: momentSchema,
  passwordVersion: z.int().optional(),
})

/** `undefined` for JSON that doesn't hold a session. Another program wrote it, so it opens nothing. */
export function sessionFromJson(json: string): SessionRecord | undefined {
  return fromStoredJson(sessionSchema, json)
}

/** Whether a new password ends the session. One without a version is older than all of them. */
export function isRevoked(
  { deviceId, passwordVersion = 0 }: Pick<SessionRecord, 'deviceId' | 'passwordVersion'>,
  revocation: Revocation,
): boolean {
  return deviceId !== revocation.keptDevice && passwordVersion < revocation.passwordVersion
}

/** The moment at which a session ends if nobody uses it. */
export function expiryOf({ idleUntil, absoluteUntil }: SessionRecord): number {
  return Math.min(idleUntil, absoluteUntil)
}
