import {
  type Env,
  EnvReader,
  readServerConfig,
  type ServerConfig,
  type Setting,
} from '@session-vs-jwt/server-process'
import { type KeyRing, parseKeyRing } from './key-ring.js'
import { type SpentTokenPolicy, withinGrace } from './stores/spent-token-policy.js'

/** Where refresh families live. `none`: refresh tokens are not kept, as most tutorials have it. */
export type RefreshStoreKind = 'redis' | 'postgres' | 'none'

/**
 * What the server looks up on each request to find out that a valid access token was revoked: nothing, its
 * denylist, the user's generation of tokens, or the user. `tokens/revocation-checks.ts` has a check for each.
 */
export type Revocation = (typeof REVOCATIONS)[number]

const REVOCATIONS = ['none', 'denylist', 'valid-after', 'user-lookup'] as const

export interface JwtConfig extends ServerConfig {
  readonly refreshStore: RefreshStoreKind
  readonly revocation: Revocation
  readonly accessKeys: KeyRing
  readonly refreshKeys: KeyRing
  readonly issuer: string
  readonly audience: string
  readonly accessSeconds: number
  readonly refreshSeconds: number
  /** Seconds after the login beyond which no rotation extends a refresh family. */
  readonly familySeconds: number
  /** What happens when a client presents a refresh token that was spent before. */
  readonly refreshPolicy: SpentTokenPolicy
  /** Seconds for which a policy other than `strict` forgives a spent refresh token. */
  readonly graceSeconds: number
  /** Seconds by which the clocks of two servers may differ. */
  readonly clockTolerance: number
  /** Whether an access token that was verified once is only compared with the clock from then on. */
  readonly rememberVerified: boolean
}

/**
 * Settings of the JWT server, all checked at once.
 *
 * @throws {ConfigError} naming every setting that is missing or wrong
 */
export function loadConfig(variables: Env): JwtConfig {
  const env = new EnvReader(variables)
  const shared = readServerConfig(env, 'the JWT server', 3002)
  const kind = env.choice('REFRESH_STORE', ['redis', 'postgres', 'none'], 'refresh families')
  const revocation = env.choice('REVOCATION', REVOCATIONS, 'access tokens')
  checkStores(env, shared, kind, revocation)
  const spent = readSpentTokenPolicy(env)
  const keys = { access: readKeys(env, 'access'), refresh: readKeys(env, 'refresh') }
  if (shareAKey(keys.access, keys.refresh)) {
    env.refuse('JWT_REFRESH_KEYS', 'has a key of JWT_ACCESS_KEYS', {
      neededBy: 'signing refresh tokens; each type needs different keys',
      howTo: 'make another key for it',
    })
  }
  return env.finish('JWT server', {
    ...shared,
    refreshStore: kind,
    revocation,
    // `finish` throws where a ring is missing.
    accessKeys: keys.access as KeyRing,
    refreshKeys: keys.refresh as KeyRing,
    issuer: env.optional('JWT_ISSUER') ?? 'session-vs-jwt',
    audience: env.optional('JWT_AUDIENCE') ?? 'session-vs-jwt',
    accessSeconds: env.integer('ACCESS_TOKEN_SECONDS', 300, 1, 86_400, 'access tokens'),
    refreshSeconds: env.integer('REFRESH_TOKEN_SECONDS', 3_600, 1, 31_536_000, 'refresh tokens'),
    familySeconds: env.integer('REFRESH_FAMILY_SECONDS', 28_800, 1, 31_536_000, 'refresh tokens'),
    ...spent,
    clockTolerance: env.integer('CLOCK_TOLERANCE_SECONDS', 0, 0, 60, 'token times'),
    rememberVerified: env.choice('JWT_REMEMBER_VERIFIED', ['off', 'on'], 'access tokens') === 'on',
  })
}

function checkStores(
  env: EnvReader,
  shared: ServerConfig,
  kind: RefreshStoreKind,
  revocation: Revocation,
): void {
  if (kind === 'redis' && shared.redisUrl === undefined) {
    env.refuse('REDIS_URL', 'is not set', {
      neededBy: 'REFRESH_STORE=redis',
      howTo: 'set it to redis://host:port, or keep families elsewhere: REFRESH_STORE=postgres',
    })
  }
  if (kind === 'none' && (revocation === 'denylist' || revocation === 'valid-after')) {
    env.refuse('REVOCATION', `is "${revocation}", which needs a store`, {
      neededBy: 'revoked access tokens',
      howTo: 'set REFRESH_STORE=redis or REFRESH_STORE=postgres',
    })
  }
}

/** The first one is the default. */
const POLICIES = Object.keys(withinGrace) as [SpentTokenPolicy, ...SpentTokenPolicy[]]

function readSpentTokenPolicy(env: EnvReader): Pick<JwtConfig, 'refreshPolicy' | 'graceSeconds'> {
  const neededBy = 'spent refresh tokens'
  const refreshPolicy = env.choice('REFRESH_POLICY', POLICIES, neededBy)
  const graceSeconds = env.integer('REFRESH_GRACE_SECONDS', 0, 0, 60, neededBy)
  if (refreshPolicy !== 'strict' && graceSeconds === 0) {
    env.refuse('REFRESH_POLICY', `is "${refreshPolicy}", which needs a grace period`, {
      neededBy,
      howTo: 'set REFRESH_GRACE_SECONDS to 1 or more (10 is usual), or leave REFRESH_POLICY out',
    })
  }
  if (refreshPolicy === 'strict' && graceSeconds > 0) {
    env.refuse('REFRESH_GRACE_SECONDS', 'is set, but the policy "strict" knows no grace period', {
      neededBy,
      howTo: `set REFRESH_POLICY to ${POLICIES.slice(1).join(', ')}, or leave the seconds out`,
    })
  }
  return { refreshPolicy, graceSeconds }
}

function shareAKey(some: KeyRing | undefined, others: KeyRing | undefined): boolean {
  const keys = [...(others?.byKid.values() ?? [])]
  return [...(some?.byKid.values() ?? [])].some(({ signWith }) =>
    keys.some((other) => other.signWith.equals(signWith)),
  )
}

function readKeys(env: EnvReader, type: 'access' | 'refresh'): KeyRing | undefined {
  const name = `JWT_${type.toUpperCase()}_KEYS`
  const setting: Setting = {
    neededBy: `signing ${type} tokens; each type needs different keys`,
    howTo:
      '"npm start" generates them; or a JSON Web Key Set with private keys, the first signs: ' +
      '{"keys":[{"kty":"oct","alg":"HS256","kid":"1","k":"<32 random bytes, base64url>"}]}',
  }
  const json = env.required(name, setting)
  if (json === '') return undefined
  try {
    return parseKeyRing(json)
  } catch (error) {
    env.refuse(name, (error as Error).message, setting)
    return undefined
  }
}
