import { randomUUID } from 'node:crypto'
import { acceptRefreshToken, type RefreshFamilies } from './refresh-families.js'
import { type Mistakes, switchable } from './switchable.js'
import type { Claims, Owner, Tokens } from './tokens.js'
import type { UserRow } from './users.js'

const ACCESS_SECONDS = 300
const REFRESH_SECONDS = 3_600
/** After this a user logs in again, however often a token was rotated. */
const FAMILY_SECONDS = 8 * 3_600

// #region rotated-without-sub
const ownerOfNext = switchable<(decoded: Claims) => Owner>('rotated-without-sub', {
  wrong(decoded) {
    // A user has an `id`; a token calls it `sub`. JSON leaves out what is undefined.
    const user = { ...decoded } as Claims & Partial<UserRow>
    return { sub: user.id, email: user.email, sid: user.sid }
  },
  right: ({ sub, email, sid }) => ({ sub, email, sid }),
})
// #endregion rotated-without-sub

export interface IssuedTokens {
  readonly accessToken: string
  readonly refreshToken: string
}

export interface Logins {
  start(user: UserRow, userAgent: string | null): Promise<IssuedTokens & { familyId: string }>
  renew(refreshToken: string): Promise<IssuedTokens>
  rotate(refreshToken: string): Promise<string>
}

/** What a login gives, and what comes of it. */
export function createLogins(
  mistakes: Mistakes,
  tokens: Tokens,
  families: RefreshFamilies,
): Logins {
  return {
    async start(user, userAgent) {
      const now = Date.now()
      const until = {
        liveUntil: now + REFRESH_SECONDS * 1000,
        absoluteUntil: now + FAMILY_SECONDS * 1000,
      }
      const family = { id: randomUUID(), userId: user.id, userAgent, createdAt: now, ...until }
      const owner = { sub: user.id, email: user.email, sid: family.id }
      const refreshToken = tokens.sign('refresh', owner, REFRESH_SECONDS)
      await families.start(family, refreshToken)
      const accessToken = tokens.sign('access', owner, ACCESS_SECONDS)
      return { familyId: family.id, accessToken, refreshToken }
    },
    async renew(token) {
      const { refreshToken, owner, seconds } = await spend(token)
      // It never outlives the refresh token: when a family is over, so is all that came from it.
      const accessToken = tokens.sign('access', owner, Math.min(ACCESS_SECONDS, seconds))
      return { accessToken, refreshToken }
    },
    async rotate(token) {
      return (await spend(token)).refreshToken
    },
  }

  /** A refresh token works once, wherever it is sent: what comes back is the next one. */
  async function spend(token: string) {
    const claims = tokens.verify(token, 'refresh')
    const end = families.find(claims.sid)?.absoluteUntil ?? Infinity
    const seconds = Math.min(REFRESH_SECONDS, secondsUntil(Math.floor(end / 1000)))
    const owner = ownerOfNext(mistakes)(claims)
    const refreshToken = tokens.sign('refresh', owner, seconds)
    await acceptRefreshToken(mistakes)(families, {
      familyId: claims.sid,
      token,
      next: { token: refreshToken, liveUntil: Date.now() + seconds * 1000 },
    })
    return { refreshToken, owner, seconds }
  }
}

function secondsUntil(time = Infinity): number {
  return time - Math.floor(Date.now() / 1000)
}
