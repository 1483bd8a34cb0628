import type { Clock } from '@session-vs-jwt/http-edge'
import { fromStoredJson } from '@session-vs-jwt/stores'
import type { Revocation } from '@session-vs-jwt/users'
import { z } from 'zod'
import {
  expiryOf,
  sessionFromJson,
  type SessionRecord,
  type SessionStore,
} from '../session-store.js'
import { isTag, keysWithTag, tagKey, tagOfUser, type UserKeys } from './keys.js'
import type { SessionCommands } from './scripts.js'

export interface RedisSessionsSettings {
  readonly isCluster: boolean
  readonly deadline: () => number
  readonly clock: Clock
  /** Called with the name of a key that holds no session. */
  readonly onUnreadable: (key: string) => void
}

/** For so long after a session expired, its owner hears `expired_credential` rather than `invalid_credential`. */
const KEPT_AFTER_EXPIRY_MS = 60_000

const replacedSchema = z.object({ userId: z.uuid(), deviceId: z.uuid() })

export class RedisSessions implements SessionStore {
  readonly place = 'sessions in Redis'
  readonly #redis: SessionCommands
  readonly #settings: RedisSessionsSettings

  constructor(redis: SessionCommands, settings: RedisSessionsSettings) {
    this.#redis = redis
    this.#settings = settings
  }

  async read(id: string): Promise<SessionRecord | undefined> {
    const key = (await this.#keysOfId(id))?.session(id)
    const json = key === undefined ? null : await this.#text(key)
    return key === undefined || json === null ? undefined : this.#readable(key, json)
  }

  async create(id: string, session: SessionRecord): Promise<void> {
    const { userId } = session
    const { session: key, indexPrefix, sessionPrefix } = await this.#keysForNew(id, session)
    const keys = [key(id), indexPrefix + userId]
    await this.#redis.createSession(
      ...keys,
      this.#deadline(),
      sessionPrefix,
      ...this.#stored(session),
      session.deviceId,
      this.#longestLife(session),
    )
  }

  async update(id: string, session: SessionRecord): Promise<boolean> {
    const key = this.#keysOfUser(session.userId).session(id)
    const args = [this.#deadline(), ...this.#stored(session)]
    return (await this.#redis.updateSession(key, ...args)) === 1
  }

  async replace(oldId: string, newId: string, session: SessionRecord): Promise<boolean> {
    const { userId, deviceId } = session
    const keys = await this.#keysForNew(newId, session)
    const replaced = await this.#redis.replaceSession(
      keys.session(newId),
      keys.indexPrefix + userId,
      keys.session(oldId),
      keys.replaced(oldId),
      this.#deadline(),
      keys.sessionPrefix,
      ...this.#stored(session),
      deviceId,
      this.#longestLife(session),
      JSON.stringify({ userId, deviceId }),
    )
    return replaced === 1
  }

  async destroy(id: string): Promise<void> {
    const keys = await this.#keysOfId(id)
    if (!keys) return
    const args = [this.#deadline(), keys.indexPrefix, keys.sessionPrefix]
    if (await this.#redis.destroySession(keys.session(id), ...args)) return
    const json = await this.#text(keys.replaced(id))
    if (json === null) return
    const replaced = fromStoredJson(replacedSchema, json)
    if (replaced) await this.destroyDevice(replaced.userId, replaced.deviceId)
    else this.#settings.onUnreadable(keys.replaced(id))
  }

  async list(userId: string): Promise<SessionRecord[]> {
    const found = await this.#redis.listSessions(...this.#allOf(userId))
    return found
      .flatMap(([key, json]) => this.#readable(key, json) ?? [])
      .filter((session) => session.userId === userId)
  }

  async destroyDevice(userId: string, deviceId: string): Promise<boolean> {
    return (await this.#redis.destroyDevice(...this.#allOf(userId), deviceId)) === 1
  }

  async destroyAll(userId: string): Promise<void> {
    await this.#redis.destroySessions(...this.#allOf(userId), '', '')
  }

  async endDevices({ userId, passwordVersion, keptDevice = '' }: Revocation): Promise<void> {
    await this.#redis.destroySessions(...this.#allOf(userId), keptDevice, passwordVersion)
  }

  #keysOfUser(userId: string): UserKeys {
    return keysWithTag(this.#settings.isCluster ? tagOfUser(userId) : '')
  }

  /** In a cluster, the id alone doesn't say where the session lies: another key does. */
  async #keysOfId(id: string): Promise<UserKeys | undefined> {
    if (!this.#settings.isCluster) return keysWithTag('')
    const tag = await this.#text(tagKey(id))
    if (tag === null) return undefined
    if (isTag(tag)) return keysWithTag(tag)
    this.#settings.onUnreadable(tagKey(id))
    return undefined
  }

  /** The tag comes first: a session without it could not be found by its id. */
  async #keysForNew(id: string, session: SessionRecord): Promise<UserKeys> {
    const keys = this.#keysOfUser(session.userId)
    if (this.#settings.isCluster) {
      const args = [this.#deadline(), keys.tag, this.#longestLife(session)]
      await this.#redis.tagSession(tagKey(id), ...args)
    }
    return keys
  }

  /** The text at a key, or an empty text if the key holds another type. */
  async #text(key: string): Promise<string | null> {
    try {
      return await this.#redis.get(key)
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return ''
      throw error
    }
  }

  #readable(key: string, json: string): SessionRecord | undefined {
    const session = sessionFromJson(json)
    if (!session) this.#settings.onUnreadable(key)
    return session
  }

  #allOf(userId: string): [string, string, number, string] {
    const { indexPrefix, sessionPrefix } = this.#keysOfUser(userId)
    return [indexPrefix + userId, indexPrefix, this.#deadline(), sessionPrefix]
  }

  /** JSON and time to live. */
  #stored(session: SessionRecord): [string, number] {
    return [JSON.stringify(session), this.#lifetime(expiryOf(session)) + KEPT_AFTER_EXPIRY_MS]
  }

  /** What leads to a session must live as long as the session can. */
  #longestLife({ absoluteUntil }: SessionRecord): number {
    return this.#lifetime(absoluteUntil) + KEPT_AFTER_EXPIRY_MS
  }

  /** Redis counts in its own time, so it gets a span, never a moment. */
  #lifetime(until: number): number {
    return Math.max(1, until - this.#settings.clock().getTime())
  }

  #deadline(): number {
    return this.#settings.deadline()
  }
}
