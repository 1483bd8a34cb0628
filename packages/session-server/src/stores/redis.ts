import { type Clock, fromStoredJson } from '@session-vs-jwt/http-kit'
import { defineWrite, type KeyUse, type RedisConnection } from '@session-vs-jwt/stores'
import type { Revocation } from '@session-vs-jwt/users'
import { z } from 'zod'
import { hashSessionId, tagOf, userTag } from '../session-id.js'
import {
  expiryOf,
  sessionFromJson,
  type SessionRecord,
  type SessionStore,
} from './session-store.js'

/*
 * session:{tag}:<hash of id>   the session as JSON, expiring with it
 * sessions-of:{tag}:<user>     hash: device id -> hash of session id
 * replaced-session:{tag}:<hash of id>   whose it was, for an id that was given up
 *
 * A session that expired stays in the user's hash until the next look at it. Scripts reach the keys of
 * one user only, which share the tag and with it a slot of a Redis Cluster.
 *
 * Some reach sessions that they find in the user's hash. They get a second key, which is never there: while
 * the slot moves to another node, and a session may be missing here because it is there, Redis refuses them
 * (TRYAGAIN). Else a session would be taken for gone that lives.
 *
 * Something else may have written to these keys. A value that is no session counts as none. A user's hash
 * that is no hash is made anew from the user's sessions: a logout everywhere must still find them all.
 */

/** The keys above. */
export const SESSION_KEYS: readonly KeyUse[] = [
  { prefix: 'session:', type: 'string' },
  { prefix: 'replaced-session:', type: 'string' },
  { prefix: 'sessions-of:', type: 'hash' },
]

/** So long after its end a session can still be told from one that never was. */
const KEPT_AFTER_EXPIRY_MS = 60_000

/**
 * `read(key)`: the JSON at a key, and the session if it can be used. `repair(index)`: to be called before
 * a user's hash is used.
 */
const READ = `
local function read(key)
  if redis.call('TYPE', key).ok ~= 'string' then return '' end
  local json = redis.call('GET', key)
  local ok, session = pcall(cjson.decode, json)
  if ok and type(session) == 'table' and type(session.userId) == 'string' and
    type(session.deviceId) == 'string' then return json, session end
  return json
end
local function repair(index)
  local kind = redis.call('TYPE', index).ok
  if kind == 'hash' or kind == 'none' then return end
  redis.call('DEL', index)
  local tag, user = string.match(index, '^sessions%-of:({%x+}):(.+)$')
  local prefix, cursor = 'session:' .. tag .. ':', '0'
  repeat
    local page = redis.call('SCAN', cursor, 'MATCH', prefix .. '*', 'COUNT', 1000)
    for _, key in ipairs(page[2]) do
      local _, session = read(key)
      if session and session.userId == user then
        redis.call('HSET', index, session.deviceId, string.sub(key, #prefix + 1))
      end
    end
    cursor = page[1]
  until cursor == '0'
end`

/** The user's hash lives as long as the session in it that can live longest. */
const KEEP = `
repair(index)
redis.call('HSET', index, device, hash)
if redis.call('PTTL', index) < tonumber(lifetime) then redis.call('PEXPIRE', index, lifetime) end`

const SCRIPTS = {
  createSession: {
    numberOfKeys: 2,
    lua: `
local index, json, ttl, device, hash, lifetime = KEYS[2], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if not redis.call('SET', KEYS[1], json, 'PX', ttl, 'NX') then return 0 end
${KEEP}
return 1`,
  },
  updateSession: {
    numberOfKeys: 1,
    lua: `
if redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3], 'XX') then return 1 end
return 0`,
  },
  replaceSession: {
    numberOfKeys: 4,
    lua: `
local index, json, ttl, device, hash, lifetime = KEYS[3], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if redis.call('DEL', KEYS[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], json, 'PX', ttl)
redis.call('SET', KEYS[4], ARGV[7], 'PX', lifetime)
${KEEP}
return 1`,
  },
  destroySession: {
    numberOfKeys: 1,
    lua: `
local _, session = read(KEYS[1])
if session then
  repair(ARGV[2] .. session.userId)
  redis.call('HDEL', ARGV[2] .. session.userId, session.deviceId)
end
return redis.call('DEL', KEYS[1])`,
  },
  listSessions: {
    numberOfKeys: 2,
    lua: `
repair(KEYS[1])
local found, entries = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
  local key = ARGV[2] .. entries[i + 1]
  if redis.call('EXISTS', key) == 0 then redis.call('HDEL', KEYS[1], entries[i])
  else table.insert(found, { key, (read(key)) }) end
end
return found`,
  },
  destroyDevice: {
    numberOfKeys: 2,
    lua: `
repair(KEYS[1])
local hash = redis.call('HGET', KEYS[1], ARGV[3])
if not hash then return 0 end
redis.call('HDEL', KEYS[1], ARGV[3])
return redis.call('DEL', ARGV[2] .. hash)`,
  },
  destroySessions: {
    numberOfKeys: 2,
    lua: `
repair(KEYS[1])
local entries, kept, version = redis.call('HGETALL', KEYS[1]), ARGV[3], tonumber(ARGV[4])
-- A session that can't be read ends, too.
local function isRevoked(key)
  local _, session = read(key)
  return not session or (tonumber(session.passwordVersion) or 0) < version
end
for i = 1, #entries, 2 do
  local key = ARGV[2] .. entries[i + 1]
  if entries[i] ~= kept and (not version or isRevoked(key)) then
    redis.call('DEL', key)
    redis.call('HDEL', KEYS[1], entries[i])
  end
end
return 1`,
  },
} as const

type Run<Reply> = (...keysAndArguments: (string | number)[]) => Promise<Reply>

/** The commands that the store sends. */
export interface SessionCommands {
  get: (key: string) => Promise<string | null>
  createSession: Run<number>
  updateSession: Run<number>
  replaceSession: Run<number>
  destroySession: Run<number>
  listSessions: Run<[key: string, json: string][]>
  destroyDevice: Run<number>
  destroySessions: Run<number>
}

/** The names of {@link SessionCommands}, to trace them by. */
export const SESSION_COMMANDS: readonly (keyof SessionCommands)[] = [
  'get',
  ...(Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[]),
]

export function defineSessionCommands({ redis }: RedisConnection): SessionCommands {
  for (const [name, { numberOfKeys, lua }] of Object.entries(SCRIPTS)) {
    defineWrite(redis, name, { numberOfKeys, lua: READ + lua })
  }
  return redis as unknown as SessionCommands
}

export interface RedisSessionsSettings {
  readonly deadline: () => number
  readonly clock: Clock
  /** Told of a key that holds no session. */
  readonly onUnreadable: (key: string) => void
}

export class RedisSessions implements SessionStore {
  readonly place = 'sessions in Redis'
  readonly #redis: SessionCommands
  readonly #deadline: () => number
  readonly #clock: Clock
  readonly #onUnreadable: (key: string) => void

  constructor(redis: SessionCommands, settings: RedisSessionsSettings) {
    this.#redis = redis
    this.#deadline = settings.deadline
    this.#clock = settings.clock
    this.#onUnreadable = settings.onUnreadable
  }

  async read(id: string): Promise<SessionRecord | undefined> {
    const json = await this.#text(sessionKey(id))
    return json === null ? undefined : this.#readable(sessionKey(id), json)
  }

  async create(id: string, session: SessionRecord): Promise<void> {
    await this.#redis.createSession(
      sessionKey(id),
      indexKey(session.userId),
      this.#deadline(),
      ...this.#stored(session),
      ...this.#indexed(id, session),
    )
  }

  async update(id: string, session: SessionRecord): Promise<boolean> {
    const args = [this.#deadline(), ...this.#stored(session)]
    return (await this.#redis.updateSession(sessionKey(id), ...args)) === 1
  }

  async replace(oldId: string, newId: string, session: SessionRecord): Promise<boolean> {
    const replaced = await this.#redis.replaceSession(
      sessionKey(oldId),
      sessionKey(newId),
      indexKey(session.userId),
      replacedKey(oldId),
      this.#deadline(),
      ...this.#stored(session),
      ...this.#indexed(newId, session),
      JSON.stringify({ userId: session.userId, deviceId: session.deviceId }),
    )
    return replaced === 1
  }

  async destroy(id: string): Promise<void> {
    const prefix = indexPrefix(tagOf(id))
    if (await this.#redis.destroySession(sessionKey(id), this.#deadline(), prefix)) return
    const json = await this.#text(replacedKey(id))
    if (json === null) return
    const replaced = fromStoredJson(replacedSchema, json)
    if (replaced) await this.destroyDevice(replaced.userId, replaced.deviceId)
    else this.#onUnreadable(replacedKey(id))
  }

  async list(userId: string): Promise<SessionRecord[]> {
    const found = await this.#redis.listSessions(...this.#forUser(userId))
    return found
      .flatMap(([key, json]) => this.#readable(key, json) ?? [])
      .filter((session) => session.userId === userId)
  }

  async destroyDevice(userId: string, deviceId: string): Promise<boolean> {
    return (await this.#redis.destroyDevice(...this.#forUser(userId), deviceId)) === 1
  }

  async destroyAll(userId: string): Promise<void> {
    await this.#redis.destroySessions(...this.#forUser(userId), '', '')
  }

  async endDevices({ userId, passwordVersion, keptDevice = '' }: Revocation): Promise<void> {
    await this.#redis.destroySessions(...this.#forUser(userId), keptDevice, passwordVersion)
  }

  /** What a key holds; no JSON where it holds something else than text. */
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
    if (!session) this.#onUnreadable(key)
    return session
  }

  #forUser(userId: string): [string, string, number, string] {
    const tag = userTag(userId)
    return [indexKey(userId), indexPrefix(tag), this.#deadline(), sessionPrefix(tag)]
  }

  /** JSON and time to live. */
  #stored(session: SessionRecord): [string, number] {
    return [JSON.stringify(session), this.#lifetime(expiryOf(session)) + KEPT_AFTER_EXPIRY_MS]
  }

  /** The entry in the user's hash, which must live as long as the session could. */
  #indexed(id: string, session: SessionRecord): [string, string, number] {
    return [
      session.deviceId,
      hashSessionId(id),
      this.#lifetime(session.absoluteUntil) + KEPT_AFTER_EXPIRY_MS,
    ]
  }

  /** Redis counts in its own time: what it is given is a span, never a moment. */
  #lifetime(until: number): number {
    return Math.max(1, until - this.#clock().getTime())
  }
}

const replacedSchema = z.object({ userId: z.uuid(), deviceId: z.uuid() })

function sessionPrefix(tag: string): string {
  return `session:{${tag}}:`
}

function sessionKey(id: string): string {
  return sessionPrefix(tagOf(id)) + hashSessionId(id)
}

function replacedKey(id: string): string {
  return `replaced-session:{${tagOf(id)}}:${hashSessionId(id)}`
}

function indexPrefix(tag: string): string {
  return `sessions-of:{${tag}}:`
}

function indexKey(userId: string): string {
  return indexPrefix(userTag(userId)) + userId
}

/** Where Redis keeps the sessions of a user: the keys above, for one who looks at them from outside. */
export function redisKeys(userId: string): {
  readonly index: string
  readonly member: (hash: string) => string
} {
  return { index: indexKey(userId), member: (hash) => sessionPrefix(userTag(userId)) + hash }
}
