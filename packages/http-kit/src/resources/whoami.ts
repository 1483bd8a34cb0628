import { identityOf, type KitContext } from '../kit-context.js'

/** `GET /auth/whoami`: what the credential says. The user's row is not read. */
export async function whoami(ctx: KitContext): Promise<void> {
  const { userId, email, issuedAt, expiresAt } = identityOf(ctx)
  ctx.body = {
    id: userId,
    email,
    issuedAt: issuedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}
