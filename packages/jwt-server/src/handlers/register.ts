import { type Admission, readJson, registerRequest, userView } from '@session-vs-jwt/http-kit'
import { registerWithEmail } from '@session-vs-jwt/users'
import { type CredentialSettings, issueCredentials } from '../credentials.js'
import type { JwtContext } from '../ports.js'

/** `POST /auth/register/email`: registered means logged in. */
export function register(
  settings: CredentialSettings,
  admit: Admission,
): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const registration = await readJson(ctx.req, registerRequest)
    const facts = { id: settings.newId(), createdAt: settings.clock() }
    const { user, credential } = await admit(ctx, (signal) =>
      registerWithEmail(
        registration,
        facts,
        ctx.ports,
        (it, version) => issueCredentials(ctx, it, version, settings),
        signal,
      ),
    )
    const { accessToken, refreshToken } = credential
    ctx.status = 201
    ctx.body = { user: userView(user), accessToken, refreshToken }
  }
}
