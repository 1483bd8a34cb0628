import { randomUUID } from 'node:crypto'
import type { Clock } from '@session-vs-jwt/http-edge'
import type { Revocation } from '@session-vs-jwt/users'
import { hashSessionId } from '../session/session-id.js'
import { expiryOf, isRevoked, type SessionRecord, type SessionStore } from './session-store.js'

/**
 * Sessions in this process: lost when it ends, and unknown to a second one. Here to show just that.
 */
export class MemorySessions implements SessionStore {
  /** Another process cannot end these sessions. */
  readonly place: string = `sessions in process ${randomUUID()}`
  readonly #sessions = new Map<string, SessionRecord>()
  /** By the ids that were given up: the sessions as they were then. */
  readonly #replaced = new Map<string, SessionRecord>()

  async read(id: string): Promise<SessionRecord | undefined> {
    return this.#sessions.get(keyOf(id))
  }

  async create(id: string, session: SessionRecord): Promise<void> {
    this.#sessions.set(keyOf(id), session)
  }

  async update(id: string, session: SessionRecord): Promise<boolean> {
    if (!this.#sessions.has(keyOf(id))) return false
    this.#sessions.set(keyOf(id), session)
    return true
  }

  async replace(oldId: string, newId: string, session: SessionRecord): Promise<boolean> {
    if (!this.#sessions.delete(keyOf(oldId))) return false
    this.#sessions.set(keyOf(newId), session)
    this.#replaced.set(keyOf(oldId), session)
    return true
  }

  async destroy(id: string): Promise<void> {
    if (this.#sessions.delete(keyOf(id))) return
    const replaced = this.#replaced.get(keyOf(id))
    if (replaced) await this.destroyDevice(replaced.userId, replaced.deviceId)
  }

  async list(userId: string): Promise<SessionRecord[]> {
    return this.#of(userId).map(([, session]) => session)
  }

  async destroyDevice(userId: string, deviceId: string): Promise<boolean> {
    const entry = this.#of(userId).find(([, session]) => session.deviceId === deviceId)
    return entry !== undefined && this.#sessions.delete(entry[0])
  }

  async destroyAll(userId: string): Promise<void> {
    for (const [key] of this.#of(userId)) this.#sessions.delete(key)
  }

  async endDevices(revocation: Revocation): Promise<void> {
    for (const [key, session] of this.#of(revocation.userId)) {
      if (isRevoked(session, revocation)) this.#sessions.delete(key)
    }
  }

  /** Runs now and then, so that abandoned sessions do not fill the memory. */
  removeExpired(before: ReturnType<Clock>): void {
    for (const [key, session] of this.#sessions) {
      if (expiryOf(session) <= before.getTime()) this.#sessions.delete(key)
    }
    for (const [key, { absoluteUntil }] of this.#replaced) {
      if (absoluteUntil <= before.getTime()) this.#replaced.delete(key)
    }
  }

  #of(userId: string): [string, SessionRecord][] {
    return [...this.#sessions].filter(([, session]) => session.userId === userId)
  }
}

function keyOf(id: string): string {
  return hashSessionId(id)
}
