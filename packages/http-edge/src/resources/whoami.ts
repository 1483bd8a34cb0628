import { identityOf, type RequestContext } from '../request-context.js'

/** `GET /auth/whoami`: what the credential says. The user's row is not read. */
export async function whoami(ctx: RequestContext): Promise<void> {
  const { userId, email, issuedAt, expiresAt } = identityOf(ctx)
  ctx.body = {
    id: userId,
    email,
    issuedAt: issuedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}
