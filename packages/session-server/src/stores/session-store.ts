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
}

/** Sessions by id. Every method is one statement or command, so no other request comes in between. */
export interface SessionStore {
  read(id: string): Promise<SessionRecord | undefined>
  create(id: string, session: SessionRecord): Promise<void>
  /** Writes only where the session still is: an ended one does not come back. Tells whether it was. */
  update(id: string, session: SessionRecord): Promise<boolean>
  /** Moves the session to a new id. Tells whether it was still there. */
  replace(oldId: string, newId: string, session: SessionRecord): Promise<boolean>
  destroy(id: string): Promise<void>
  list(userId: string): Promise<SessionRecord[]>
  /** Whether the user had such a device. */
  destroyDevice(userId: string, deviceId: string): Promise<boolean>
  destroyAll(userId: string, exceptDeviceId?: string): Promise<void>
}

/** The moment at which a session ends if nobody uses it. */
export function expiryOf({ idleUntil, absoluteUntil }: SessionRecord): number {
  return Math.min(idleUntil, absoluteUntil)
}
