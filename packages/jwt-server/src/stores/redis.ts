import { fromStoredJson, momentSchema } from '@session-vs-jwt/stores'
import { defineWrite, type KeyUse, type RedisConnection } from '@session-vs-jwt/stores/redis'
import type { Revocation } from '@session-vs-jwt/users'
import {
  type FamilySettings,
  type PresentedToken,
  type RefreshFamily,
  refreshFamilySchema,
  type RefreshFamilyStore,
  type Rotation,
  type RotationResult,
} from './refresh-family-store.js'
import {
  CLOCK_MARGIN_MS,
  type Decision,
  MAX_LIVE_TOKENS,
  withinGrace,
} from './spent-token-policy.js'

/*
 * refresh-family:{user}:<family>   hash: "family" -> JSON, "until", and each token's hash -> "live", or
 *                                  the end of its grace period
 * refresh-families-of:{user}       set of family ids
 * denied-family:{user}:<family>    its access tokens are revoked; expires when they all have
 * generation-of:{user}             when the user's generation of access tokens began; expires when all earlier
 *                                  ones have
 *
 * {user} keeps the keys of one user in one slot of a Redis Cluster. Every script gets KEYS[1], a family,
 * KEYS[2], the user's set, and the prefixes of both kinds of keys. Those that reach families that they find
 * in the set get a family that is never there: while the slot moves to another node, and a family may be
 * missing here because it is there, Redis refuses them (TRYAGAIN).
 *
 * Another program may have written to these keys. A value that can't be read counts as missing, and a script
 * calls it "unreadable". If a user's set has another type, the script rebuilds it from the user's families,
 * because logging out everywhere must still find them.
 */

/** The keys above. */
export const FAMILY_KEYS: readonly KeyUse[] = [
  { prefix: 'refresh-family:', type: 'hash' },
  { prefix: 'refresh-families-of:', type: 'set' },
  { prefix: 'denied-family:', type: 'string' },
  { prefix: 'generation-of:', type: 'string' },
]

const REPAIR = `
local kind = redis.call('TYPE', KEYS[2]).ok
if kind ~= 'set' and kind ~= 'none' then
  redis.call('DEL', KEYS[2])
  local cursor = '0'
  repeat
    local page = redis.call('SCAN', cursor, 'MATCH', ARGV[2] .. '*', 'COUNT', 1000)
    for _, key in ipairs(page[2]) do redis.call('SADD', KEYS[2], string.sub(key, #ARGV[2] + 1)) end
    cursor = page[1]
  until cursor == '0'
end
local function isMoment(it)
  return type(it) == 'number' and it % 1 == 0 and it >= 0 and it <= 8640000000000000
end
local function isReadable(key)
  if redis.call('TYPE', key).ok ~= 'hash' then return false end
  local stored, fields, hasLive = redis.call('HGETALL', key), {}, false
  for i = 1, #stored, 2 do
    local field, value = stored[i], stored[i + 1]
    fields[field] = value
    if value == 'live' then hasLive = true
    elseif field ~= 'family' and not tonumber(value) then return false end
  end
  local ok, it = pcall(cjson.decode, fields.family or '')
  return ok and hasLive and type(it) == 'table' and type(it.id) == 'string' and type(it.userId) == 'string'
    and (type(it.userAgent) == 'string' or it.userAgent == cjson.null) and isMoment(it.createdAt)
    and isMoment(it.liveUntil) and isMoment(it.absoluteUntil) and isMoment(tonumber(fields['until'] or ''))
end
`

const PROLOGUE = `
local families, deniedPrefix, denyMs, now = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local function finish(id)
  local existed = redis.call('EXISTS', families .. id)
  if existed == 1 and denyMs > 0 then redis.call('SET', deniedPrefix .. id, '1', 'PX', denyMs) end
  redis.call('DEL', families .. id)
  redis.call('SREM', KEYS[2], id)
  return existed
end
local function keepUntil(key, span)
  if redis.call('PTTL', key) < tonumber(span) then redis.call('PEXPIRE', key, span) end
end
`

const script = (lua: string): { numberOfKeys: number; lua: string } => ({
  numberOfKeys: 2,
  lua: REPAIR + PROLOGUE + lua,
})

const SCRIPTS = {
  startFamily: script(`
local id, json, hash, liveUntil, span, maxSpan = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11]
redis.call('HSET', KEYS[1], 'family', json, 'until', liveUntil, hash, 'live')
redis.call('PEXPIRE', KEYS[1], span)
redis.call('SADD', KEYS[2], id)
keepUntil(KEYS[2], maxSpan)
return 1`),

  rotateToken: script(`
local id, old, new, graceUntil, liveUntil = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9]), ARGV[10]
local withinGrace = ARGV[11]
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'gone' } end
if not isReadable(KEYS[1]) then return { 'unreadable' } end
local record = redis.call('HGET', KEYS[1], old)
local function liveTokens()
  local count = 0
  for _, value in ipairs(redis.call('HGETALL', KEYS[1])) do if value == 'live' then count = count + 1 end end
  return count
end
local function decide()
  if record == 'live' then return 'rotate' end
  if not record or tonumber(record) <= now or withinGrace == 'end' then return 'end' end
  if tonumber(record) > graceUntil + ${CLOCK_MARGIN_MS} then return 'refuse' end
  if withinGrace == 'repeat' and not redis.call('HGET', KEYS[1], new) then return 'refuse' end
  if withinGrace == 'rotate' and liveTokens() >= ${MAX_LIVE_TOKENS} then return 'refuse' end
  return withinGrace
end
local decision = decide()
if decision == 'end' then finish(id) end
if decision == 'end' or decision == 'refuse' then return { decision } end
local absoluteUntil = cjson.decode(redis.call('HGET', KEYS[1], 'family')).absoluteUntil
local moment = string.format('%.0f', absoluteUntil)
if decision == 'repeat' then return { decision, moment, record } end
local tokens = redis.call('HGETALL', KEYS[1])
for i = 1, #tokens, 2 do
  local graceEnd = tonumber(tokens[i + 1])
  if #tokens[i] == #old and graceEnd and graceEnd <= now then redis.call('HDEL', KEYS[1], tokens[i]) end
end
if record == 'live' then
  if graceUntil > now then redis.call('HSET', KEYS[1], old, graceUntil)
  else redis.call('HDEL', KEYS[1], old) end
end
local till = math.min(tonumber(liveUntil), absoluteUntil)
redis.call('HSET', KEYS[1], new, 'live', 'until', till)
redis.call('PEXPIRE', KEYS[1], math.max(1, till - now))
return { decision, moment }`),

  listFamilies: script(`
local found = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  local key = families .. id
  if redis.call('EXISTS', key) == 0 then redis.call('SREM', KEYS[2], id)
  elseif isReadable(key) then
    local json, live = unpack(redis.call('HMGET', key, 'family', 'until'))
    table.insert(found, { id, json, live })
  else table.insert(found, { id, '', '' }) end
end
return found`),

  endFamily: script(`return finish(ARGV[6])`),

  endFamilies: script(`
local kept, version, generation, generationMs = ARGV[7], tonumber(ARGV[8]), ARGV[9], tonumber(ARGV[10])
-- First: where there is no room for it, no family has ended.
if generationMs > 0 then
  local time, last = redis.call('TIME'), tonumber(redis.pcall('GET', generation) or 0)
  local began = time[1] * 1000 + math.floor(time[2] / 1000)
  if isMoment(last) then began = math.max(began, last + 1) end
  redis.call('SET', generation, string.format('%.0f', began), 'PX', generationMs)
end
-- A family that can't be read ends, too.
local function isRevoked(id)
  local ok, family = pcall(cjson.decode, redis.pcall('HGET', families .. id, 'family') or '')
  return not ok or type(family) ~= 'table' or (tonumber(family.passwordVersion) or 0) < version
end
for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  if id ~= kept and (not version or isRevoked(id)) then finish(id) end
end
return 1`),
} as const

type Run<Reply> = (...keysAndArguments: (string | number)[]) => Promise<Reply>

/** The commands that the store sends. */
export interface FamilyCommands {
  exists: (key: string) => Promise<number>
  get: (key: string) => Promise<string | null>
  startFamily: Run<number>
  rotateToken: Run<
    [found: Decision | 'gone' | 'unreadable', absoluteUntil?: string, graceUntil?: string]
  >
  listFamilies: Run<[id: string, family: string, until: string][]>
  endFamily: Run<number>
  endFamilies: Run<number>
}

/** The names of {@link FamilyCommands}, to trace them by. */
export const FAMILY_COMMANDS: readonly (keyof FamilyCommands)[] = [
  'exists',
  'get',
  ...(Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[]),
]

export function defineFamilyCommands({ redis }: RedisConnection): FamilyCommands {
  for (const [name, definition] of Object.entries(SCRIPTS)) defineWrite(redis, name, definition)
  return redis as unknown as FamilyCommands
}

export interface RedisFamiliesSettings extends FamilySettings {
  readonly deadline: () => number
}

export class RedisRefreshFamilies implements RefreshFamilyStore {
  readonly place = 'refresh families in Redis'
  readonly #redis: FamilyCommands
  readonly #settings: RedisFamiliesSettings

  constructor(redis: FamilyCommands, settings: RedisFamiliesSettings) {
    this.#redis = redis
    this.#settings = settings
  }

  async start(family: RefreshFamily, tokenHash: string): Promise<void> {
    const { userId, id, liveUntil, absoluteUntil } = family
    await this.#redis.startFamily(
      ...this.#common(userId, id),
      JSON.stringify(family),
      tokenHash,
      liveUntil,
      this.#span(liveUntil),
      this.#span(absoluteUntil),
    )
  }

  async rotate(token: PresentedToken, rotation: Rotation): Promise<RotationResult> {
    const { userId, familyId, tokenHash } = token
    const [found, absoluteUntil, graceUntil] = await this.#redis.rotateToken(
      ...this.#common(userId, familyId),
      tokenHash,
      rotation.newTokenHash,
      rotation.graceUntil,
      rotation.liveUntil,
      withinGrace[this.#settings.policy],
    )
    const moments = { absoluteUntil: Number(absoluteUntil), graceUntil: Number(graceUntil) }
    if (found === 'unreadable') return { outcome: this.#unreadable(userId, familyId) }
    if (found === 'repeat') return { outcome: found, ...moments }
    if (found === 'rotate') return { outcome: found, absoluteUntil: moments.absoluteUntil }
    return { outcome: found }
  }

  async list(userId: string): Promise<RefreshFamily[]> {
    const found = await this.#redis.listFamilies(...this.#common(userId, ''))
    return found.flatMap(([id, json, until]) => {
      const family = fromStoredJson(refreshFamilySchema, json)
      if (family?.id === id) return [{ ...family, liveUntil: Number(until) }]
      this.#unreadable(userId, id)
      return []
    })
  }

  async end(userId: string, familyId: string): Promise<boolean> {
    return (await this.#redis.endFamily(...this.#common(userId, familyId))) === 1
  }

  async endAll(userId: string): Promise<void> {
    await this.#endFamilies(userId, '', '')
  }

  async endDevices({ userId, passwordVersion, keptDevice = '' }: Revocation): Promise<void> {
    await this.#endFamilies(userId, keptDevice, passwordVersion)
  }

  async isDenied(userId: string, familyId: string): Promise<boolean> {
    return (await this.#redis.exists(redisKeys(userId).denied(familyId))) === 1
  }

  async generationOf(userId: string): Promise<number> {
    const key = redisKeys(userId).generation
    const stored = await this.#redis.get(key).catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return ''
      throw error
    })
    if (stored === null) return 0
    const { success, data } = momentSchema.safeParse(stored === '' ? undefined : Number(stored))
    if (success) return data
    this.#settings.onUnreadable(key)
    return Infinity
  }

  async #endFamilies(
    userId: string,
    keptDevice: string,
    passwordVersion: number | '',
  ): Promise<void> {
    const { generationMs = 0 } = this.#settings
    const { generation } = redisKeys(userId)
    const about = [keptDevice, passwordVersion, generation, generationMs]
    await this.#redis.endFamilies(...this.#common(userId, ''), ...about)
  }

  #unreadable(userId: string, familyId: string): 'gone' {
    this.#settings.onUnreadable(redisKeys(userId).member(familyId))
    return 'gone'
  }

  /** Keys, deadline, and what the prologue of every script reads; the family's id comes last. */
  #common(userId: string, familyId: string): (string | number)[] {
    const { deadline, denyMs } = this.#settings
    const { index, member, denied } = redisKeys(userId)
    return [
      member(familyId),
      index,
      deadline(),
      member(''),
      denied(''),
      denyMs,
      this.#now(),
      familyId,
    ]
  }

  /** Redis counts in its own time: what it is given is a span, never a moment. */
  #span(until: number): number {
    return Math.max(1, until - this.#now())
  }

  #now(): number {
    return this.#settings.clock().getTime()
  }
}

/** Where Redis keeps the families of a user: the keys above. */
export function redisKeys(userId: string): {
  readonly index: string
  readonly member: (familyId: string) => string
  readonly denied: (familyId: string) => string
  readonly generation: string
} {
  return {
    index: `refresh-families-of:{${userId}}`,
    member: (familyId) => `refresh-family:{${userId}}:${familyId}`,
    denied: (familyId) => `denied-family:{${userId}}:${familyId}`,
    generation: `generation-of:{${userId}}`,
  }
}
