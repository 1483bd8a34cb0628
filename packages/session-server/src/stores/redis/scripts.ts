import { defineWrite, type RedisConnection } from '@session-vs-jwt/stores/redis'

/*
 * Every script is one step: no other command runs in between. Some reach sessions that they find in the
 * user's hash. They name a second key that never exists: while a slot moves to another node, a session that
 * is missing here may just have moved, and with two keys Redis refuses the script (TRYAGAIN) instead of
 * taking the session for gone.
 *
 * Another program may have written to these keys. A value that can't be read counts as missing. If a user's
 * hash has another type, the script rebuilds it from the user's sessions, because logging out everywhere must
 * still find them.
 */

/**
 * `read(key)`: the JSON at a key, and the session if it can be used. `repair(index, sessions)`: call it
 * before using a user's hash; `sessions` is the prefix of the session keys.
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
local function repair(index, sessions)
  local kind = redis.call('TYPE', index).ok
  if kind == 'hash' or kind == 'none' then return end
  redis.call('DEL', index)
  local cursor = '0'
  repeat
    local page = redis.call('SCAN', cursor, 'MATCH', sessions .. '*', 'COUNT', 1000)
    for _, key in ipairs(page[2]) do
      local _, session = read(key)
      if session and string.sub(index, -#session.userId - 1) == ':' .. session.userId then
        redis.call('HSET', index, session.deviceId, string.sub(key, #sessions + 1))
      end
    end
    cursor = page[1]
  until cursor == '0'
end`

/** The user's hash lives as long as the session in it that can live longest. */
const KEEP = `
repair(index, sessions)
redis.call('HSET', index, device, string.sub(key, #sessions + 1))
if redis.call('PTTL', index) < tonumber(lifetime) then redis.call('PEXPIRE', index, lifetime) end`

const SCRIPTS = {
  tagSession: {
    numberOfKeys: 1,
    lua: `
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`,
  },
  createSession: {
    numberOfKeys: 2,
    lua: `
local key, index = KEYS[1], KEYS[2]
local sessions, json, ttl, device, lifetime = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if not redis.call('SET', key, json, 'PX', ttl, 'NX') then return 0 end
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
local key, index = KEYS[1], KEYS[2]
local sessions, json, ttl, device, lifetime = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if redis.call('DEL', KEYS[3]) == 0 then return 0 end
redis.call('SET', key, json, 'PX', ttl)
redis.call('SET', KEYS[4], ARGV[7], 'PX', lifetime)
${KEEP}
return 1`,
  },
  destroySession: {
    numberOfKeys: 1,
    lua: `
local _, session = read(KEYS[1])
if session then
  local index = ARGV[2] .. session.userId
  repair(index, ARGV[3])
  redis.call('HDEL', index, session.deviceId)
end
return redis.call('DEL', KEYS[1])`,
  },
  listSessions: {
    numberOfKeys: 2,
    lua: `
repair(KEYS[1], ARGV[2])
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
repair(KEYS[1], ARGV[2])
local hash = redis.call('HGET', KEYS[1], ARGV[3])
if not hash then return 0 end
redis.call('HDEL', KEYS[1], ARGV[3])
return redis.call('DEL', ARGV[2] .. hash)`,
  },
  destroySessions: {
    numberOfKeys: 2,
    lua: `
repair(KEYS[1], ARGV[2])
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
  tagSession: Run<number>
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
