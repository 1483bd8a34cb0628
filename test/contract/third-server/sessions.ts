import { randomBytes, randomUUID } from 'node:crypto'
import type { User } from './accounts.js'
import { Problem } from './problem.js'

const IDLE_MS = 30 * 60_000
const ABSOLUTE_MS = 8 * 60 * 60_000

export interface Session {
  /** The secret in the cookie. */
  id: string
  /** What the owner sees of it; stays the same when the id changes. */
  readonly deviceId: string
  readonly userId: string
  readonly email: string
  readonly userAgent: string | null
  /** Milliseconds since 1970, as every time here. */
  readonly createdAt: number
  idleUntil: number
}

/** Sessions in memory: they end with the process. */
export class Sessions {
  readonly #byId = new Map<string, Session>()

  start({ id: userId, email }: User, userAgent: string | null): Session {
    this.#forgetOld()
    const now = Date.now()
    const session: Session = {
      id: newId(),
      deviceId: randomUUID(),
      userId,
      email,
      userAgent,
      createdAt: now,
      idleUntil: now + IDLE_MS,
    }
    this.#byId.set(session.id, session)
    return session
  }

  /** @throws {Problem} with 401 */
  find(id: string): Session {
    const session = this.#byId.get(id)
    if (!session) throw new Problem('invalid_credential')
    if (!isAlive(session)) throw new Problem('expired_credential')
    return session
  }

  /** The session goes on; the absolute deadline stays. */
  renew(session: Session): void {
    session.idleUntil = Date.now() + IDLE_MS
  }

  /**
   * A new id for the same session; the old one is spent.
   *
   * @throws {Problem} with 401: it was ended meanwhile
   */
  rotate(session: Session): void {
    if (!this.#byId.delete(session.id)) throw new Problem('invalid_credential')
    session.id = newId()
    this.#byId.set(session.id, session)
    this.renew(session)
  }

  /** To end a session twice is no error. */
  end(id: string): void {
    this.#byId.delete(id)
  }

  /** The live sessions of a user, the newest first. */
  of(userId: string): Session[] {
    const all = [...this.#byId.values()].filter((it) => it.userId === userId && isAlive(it))
    return all.toReversed().toSorted((a, b) => b.createdAt - a.createdAt)
  }

  /** Keeps what nobody asks for any more from filling the memory. */
  #forgetOld(): void {
    for (const { id, createdAt } of this.#byId.values()) {
      if (createdAt + ABSOLUTE_MS <= Date.now()) this.#byId.delete(id)
    }
  }
}

export function expiryOf({ idleUntil, createdAt }: Session): Date {
  return new Date(Math.min(idleUntil, createdAt + ABSOLUTE_MS))
}

function isAlive(session: Session): boolean {
  return expiryOf(session).getTime() > Date.now()
}

/** 256 random bits. */
function newId(): string {
  return randomBytes(32).toString('base64url')
}
