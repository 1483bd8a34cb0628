import { type Admission, parseBasic, userView } from '@session-vs-jwt/http-edge'
import { loginWithEmail } from '@session-vs-jwt/users'
import type { JwtContext, TokenDeps } from '../ports.js'
import { issue, undoIssue } from '../tokens/issue.js'

/** `POST /auth/login/email`: email and password in a Basic header (RFC 7617). */
export function login(deps: TokenDeps, admit: Admission): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const credentials = parseBasic(ctx.headers.authorization)
    const { user, credential } = await admit(ctx, (signal) =>
      loginWithEmail(
        credentials,
        ctx.ports,
        (it, passwordVersion) => issue(ctx, it, passwordVersion, deps),
        (issued) => undoIssue(ctx, issued),
        signal,
      ),
    )
    const { accessToken, refreshToken } = credential
    ctx.body = { user: userView(user), accessToken, refreshToken }
  }
}
