import { createHash } from 'node:crypto'
import { type Clock, type NewId, type Problem, userAgentOf } from '@session-vs-jwt/http-kit'
import type { User } from '@session-vs-jwt/users'
import type { JwtConfig } from './config.js'
import type { JwtContext } from './ports.js'
import type { PresentedToken } from './stores/refresh-family-store.js'
import { successorId } from './successor.js'
import { challenge, type TokenClaims } from './token.js'

export interface CredentialSettings {
  readonly config: JwtConfig
  readonly clock: Clock
  readonly newId: NewId
}

/** What a login gives. */
export interface IssuedTokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Whose token it is: what the claims of a new one are made of. */
type Owner = Pick<TokenClaims, 'sub' | 'email' | 'sid'>

/** Starts a refresh family for `user` and signs its first two tokens. */
export async function issueCredentials(
  ctx: JwtContext,
  user: User,
  passwordVersion: number,
  settings: CredentialSettings,
): Promise<IssuedTokens & { familyId: string }> {
  const { config, clock, newId } = settings
  const createdAt = clock().getTime()
  const familyId = newId()
  const jti = newId()
  const absoluteUntil = createdAt + config.familySeconds * 1000
  const liveUntil = Math.min(createdAt + config.refreshSeconds * 1000, absoluteUntil)
  const family = { id: familyId, userId: user.id, userAgent: userAgentOf(ctx), passwordVersion }
  await ctx.ports.families?.start({ ...family, createdAt, liveUntil, absoluteUntil }, hashOf(jti))
  // A strategy without families has no `sid` to look up.
  const owner = { sub: user.id, email: user.email, ...(ctx.ports.families && { sid: familyId }) }
  return {
    familyId,
    accessToken: signAccessToken(ctx, owner, createdAt, seconds(liveUntil), settings),
    refreshToken: signRefreshToken(ctx, owner, jti, createdAt, liveUntil),
  }
}

/** A refresh token that was verified. */
export interface PresentedRefresh {
  readonly token: string
  readonly claims: TokenClaims
}

/**
 * A new access token, and a new refresh token for the one that is spent by it (RFC 9700, section 4.14.2). Without
 * families nothing is spent: the refresh token renews until it expires.
 *
 * @throws {Problem} `reused_credential`, `replaced_credential`, `invalid_credential`
 */
export async function renewTokens(
  ctx: JwtContext,
  refresh: PresentedRefresh,
  settings: CredentialSettings,
): Promise<Pick<IssuedTokens, 'accessToken'> & Partial<IssuedTokens>> {
  const { claims } = refresh
  const now = settings.clock().getTime()
  if (!ctx.ports.families) {
    return { accessToken: signAccessToken(ctx, claims, now, claims.exp, settings) }
  }
  const next = await spend(ctx, refresh, settings)
  return {
    accessToken: signAccessToken(ctx, claims, now, seconds(next.liveUntil), settings),
    refreshToken: signRefreshToken(ctx, claims, next.jti, next.issuedAt, next.liveUntil),
  }
}

/**
 * A new refresh token for the one that is spent by it. Subject and email go over.
 *
 * @throws {Problem} `reused_credential`, `replaced_credential`, `invalid_credential`
 */
export async function rotateRefreshToken(
  ctx: JwtContext,
  refresh: PresentedRefresh,
  settings: CredentialSettings,
): Promise<string> {
  const { jti, issuedAt, liveUntil } = await spend(ctx, refresh, settings)
  return signRefreshToken(ctx, refresh.claims, jti, issuedAt, liveUntil)
}

/** A refresh token that is about to be signed; times in milliseconds. */
interface NextToken {
  readonly jti: string
  readonly issuedAt: number
  readonly liveUntil: number
}

/** Spends the token and says what replaces it. */
async function spend(
  ctx: JwtContext,
  refresh: PresentedRefresh,
  settings: CredentialSettings,
): Promise<NextToken> {
  const { config, clock } = settings
  const { families } = ctx.ports
  const now = clock().getTime()
  const jti = nextId(refresh, settings)
  const [lifeMs, graceMs] = [config.refreshSeconds * 1000, config.graceSeconds * 1000]
  if (!families) return { jti, issuedAt: now, liveUntil: now + lifeMs }
  const rotation = {
    newTokenHash: hashOf(jti),
    graceUntil: now + graceMs,
    liveUntil: now + lifeMs,
  }
  const token = presented(refresh.claims)
  const result = token ? await families.rotate(token, rotation) : { outcome: 'gone' as const }
  if (result.outcome !== 'rotate' && result.outcome !== 'repeat') throw refusal(result.outcome)
  // Repeated, it is the token of then: same `jti`, `iat` and `exp`.
  const issuedAt = result.outcome === 'repeat' ? result.graceUntil - graceMs : now
  return { jti, issuedAt, liveUntil: Math.min(issuedAt + lifeMs, result.absoluteUntil) }
}

function nextId({ token, claims }: PresentedRefresh, settings: CredentialSettings): string {
  const { config, newId } = settings
  return config.refreshPolicy === 'same-successor'
    ? successorId(token, claims.jti, config.refreshKeys)
    : newId()
}

function refusal(outcome: 'refuse' | 'end' | 'gone'): Problem {
  switch (outcome) {
    case 'refuse':
      return challenge('replaced_credential', 'The refresh token was replaced a moment ago.')
    case 'end':
      return challenge(
        'reused_credential',
        'The refresh token was spent; its family has been ended.',
      )
    case 'gone':
      return challenge('invalid_credential', 'The login was ended.')
  }
}

function presented({ sub, sid, jti }: TokenClaims): PresentedToken | undefined {
  return sid === undefined ? undefined : { userId: sub, familyId: sid, tokenHash: hashOf(jti) }
}

function signAccessToken(
  ctx: JwtContext,
  owner: Owner,
  now: number,
  refreshExp: number,
  { config, newId }: CredentialSettings,
): string {
  const iat = seconds(now)
  // It never outlives the refresh token: when a family is over, so is all that came from it.
  const times = { iat, exp: Math.min(iat + config.accessSeconds, refreshExp) }
  return ctx.ports.accessTokens.sign({ ...ownerOf(owner), ...times, jti: newId() })
}

function signRefreshToken(
  ctx: JwtContext,
  owner: Owner,
  jti: string,
  now: number,
  liveUntil: number,
): string {
  const times = { iat: seconds(now), exp: seconds(liveUntil) }
  return ctx.ports.refreshTokens.sign({ ...ownerOf(owner), ...times, jti })
}

function ownerOf({ sub, email, sid }: Owner): Owner {
  return { sub, email, ...(sid !== undefined && { sid }) }
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}

/** What the store keeps of a token: enough to know it again, too little to make it. */
function hashOf(jti: string): string {
  return createHash('sha256').update(jti).digest('base64url')
}
