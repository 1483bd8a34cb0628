import { registerRequest } from '@session-vs-jwt/http-contract'
import { type Admission, readJson, userView } from '@session-vs-jwt/http-edge'
import { registerWithEmail } from '@session-vs-jwt/users'
import type { JwtContext, TokenDeps } from '../ports.js'
import { issue } from '../tokens/issue.js'

/** `POST /auth/register/email`: registering logs you in. */
export function register(deps: TokenDeps, admit: Admission): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const registration = await readJson(ctx.req, registerRequest)
    const facts = { id: deps.newId(), createdAt: deps.clock() }
    const { user, credential } = await admit(ctx, (signal) =>
      registerWithEmail(
        registration,
        facts,
        ctx.ports,
        (it, passwordVersion) => issue(ctx, it, passwordVersion, deps),
        signal,
      ),
    )
    const { accessToken, refreshToken } = credential
    ctx.status = 201
    ctx.body = { user: userView(user), accessToken, refreshToken }
  }
}
