import { type Admission, parseBasic, userView } from '@session-vs-jwt/http-kit'
import { loginWithEmail } from '@session-vs-jwt/users'
import { type CredentialSettings, issueCredentials } from '../credentials.js'
import type { JwtContext } from '../ports.js'

/** `POST /auth/login/email`: email and password in a Basic header. */
export function login(
  settings: CredentialSettings,
  admit: Admission,
): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const credentials = parseBasic(ctx.headers.authorization)
    const { user, credential } = await admit(ctx, (signal) =>
      loginWithEmail(
        credentials,
        ctx.ports,
        async (it, version) => ({
          userId: it.id,
          ...(await issueCredentials(ctx, it, version, settings)),
        }),
        async ({ userId, familyId }) => void (await ctx.ports.families?.end(userId, familyId)),
        signal,
      ),
    )
    const { accessToken, refreshToken } = credential
    ctx.body = { user: userView(user), accessToken, refreshToken }
  }
}
