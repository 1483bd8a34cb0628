import type { Clock } from '@session-vs-jwt/http-kit'
import { defineWrite, type RedisConnection } from '@session-vs-jwt/stores'
import type { Revocation } from '@session-vs-jwt/users'
import { hashSessionId, tagOf, userTag } from '../session-id.js'
import { expiryOf, type SessionRecord, type SessionStore } from './session-store.js'

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
 */

/** So long after its end a session can still be told from one that never was. */
const KEPT_AFTER_EXPIRY_MS = 60_000

/** The user's hash lives as long as the session in it that can live longest. */
const KEEP = `
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
local json = redis.call('GET', KEYS[1])
if not json then return 0 end
local session = cjson.decode(json)
redis.call('HDEL', ARGV[2] .. session.userId, session.deviceId)
return redis.call('DEL', KEYS[1])`,
  },
  listSessions: {
    numberOfKeys: 2,
    lua: `
local found, entries = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
  local json = redis.call('GET', ARGV[2] .. entries[i + 1])
  if json then table.insert(found, json) else redis.call('HDEL', KEYS[1], entries[i]) end
end
return found`,
  },
  destroyDevice: {
    numberOfKeys: 2,
    lua: `
local hash = redis.call('HGET', KEYS[1], ARGV[3])
if not hash then return 0 end
redis.call('HDEL', KEYS[1], ARGV[3])
return redis.call('DEL', ARGV[2] .. hash)`,
  },
  destroySessions: {
    numberOfKeys: 2,
    lua: `
local entries, kept, version = redis.call('HGETALL', KEYS[1]), ARGV[3], tonumber(ARGV[4])
-- A session that can't be read is ended, like one without a version.
local function isRevoked(key)
  local isRead, session = pcall(cjson.decode, redis.call('GET', key) or '')
  return not isRead or type(session) ~= 'table' or (tonumber(session.passwordVersion) or 0) < version
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
  listSessions: Run<string[]>
  destroyDevice: Run<number>
  destroySessions: Run<number>
}

/** The names of {@link SessionCommands}, to trace them by. */
export const SESSION_COMMANDS: readonly (keyof SessionCommands)[] = [
  'get',
  ...(Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[]),
]

export function defineSessionCommands({ redis }: RedisConnection): SessionCommands {
  for (const [name, script] of Object.entries(SCRIPTS)) defineWrite(redis, name, script)
  return redis as unknown as SessionCommands
}

export class RedisSessions implements SessionStore {
  readonly place = 'sessions in Redis'
  readonly #redis: SessionCommands
  readonly #deadline: () => number
  readonly #clock: Clock

  constructor(redis: SessionCommands, deadline: () => number, clock: Clock) {
    this.#redis = redis
    this.#deadline = deadline
    this.#clock = clock
  }

  async read(id: string): Promise<SessionRecord | undefined> {
    const json = await this.#redis.get(sessionKey(id))
    return json === null ? undefined : (JSON.parse(json) as SessionRecord)
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
    const json = await this.#redis.get(replacedKey(id))
    if (json === null) return
    const { userId, deviceId } = JSON.parse(json) as Pick<SessionRecord, 'userId' | 'deviceId'>
    await this.destroyDevice(userId, deviceId)
  }

  async list(userId: string): Promise<SessionRecord[]> {
    const found = await this.#redis.listSessions(...this.#forUser(userId))
    return found.map((json) => JSON.parse(json) as SessionRecord)
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
