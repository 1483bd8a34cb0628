import { createHash } from 'node:crypto'
import { type Clock, type NewId, userAgentOf } from '@session-vs-jwt/http-kit'
import type { User } from '@session-vs-jwt/users'
import type { JwtConfig } from './config.js'
import type { JwtContext } from './ports.js'
import type { PresentedToken } from './stores/refresh-family-store.js'
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

/**
 * A new access token for a refresh token that is still live.
 *
 * @throws {Problem} `reused_credential`, `invalid_credential`
 */
export async function renewAccessToken(
  ctx: JwtContext,
  refresh: TokenClaims,
  settings: CredentialSettings,
): Promise<string> {
  const token = presented(refresh)
  if (ctx.ports.families) accept(token && (await ctx.ports.families.check(token)))
  return signAccessToken(ctx, refresh, settings.clock().getTime(), refresh.exp, settings)
}

/**
 * A new refresh token in place of `refresh`, which is spent by that. Subject and email go over.
 *
 * @throws {Problem} `reused_credential`, `invalid_credential`
 */
export async function rotateRefreshToken(
  ctx: JwtContext,
  refresh: TokenClaims,
  settings: CredentialSettings,
): Promise<string> {
  const { config, clock, newId } = settings
  const now = clock().getTime()
  const jti = newId()
  let liveUntil = now + config.refreshSeconds * 1000
  const token = presented(refresh)
  if (ctx.ports.families) {
    const rotation = {
      newTokenHash: hashOf(jti),
      graceUntil: now + config.graceSeconds * 1000,
      liveUntil,
    }
    const result = token && (await ctx.ports.families.rotate(token, rotation))
    accept(result?.state)
    if (result?.state === 'live') liveUntil = Math.min(liveUntil, result.absoluteUntil)
  }
  return signRefreshToken(ctx, refresh, jti, now, liveUntil)
}

/** @throws {Problem} for a token that does not count any more */
function accept(state: 'live' | 'spent' | 'gone' | undefined): void {
  if (state === 'spent') {
    throw challenge('reused_credential', 'The refresh token was spent; its family has been ended.')
  }
  if (state !== 'live') throw challenge('invalid_credential', 'The login was ended.')
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
