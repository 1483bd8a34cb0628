import { Problem, uuidSchema } from '@session-vs-jwt/http-contract'
import { type Clock, identityOf } from '@session-vs-jwt/http-edge'
import type { JwtContext } from '../ports.js'
import { storedFamilies } from '../tokens/revoke.js'

/** `GET /auth/devices`: the user's live refresh families, the newest first. */
export function listDevices(clock: Clock): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const { userId, deviceId } = identityOf(ctx)
    const families = await storedFamilies(ctx).list(userId)
    const devices = families
      .filter((family) => family.liveUntil > clock().getTime())
      .toSorted((a, b) => b.createdAt - a.createdAt)
      .map((family) => ({
        id: family.id,
        current: family.id === deviceId,
        userAgent: family.userAgent,
        createdAt: new Date(family.createdAt).toISOString(),
        expiresAt: new Date(family.liveUntil).toISOString(),
      }))
    ctx.body = { devices }
  }
}

/** `DELETE /auth/devices/:id`: ends one of the user's own refresh families. */
export async function endDevice(
  ctx: JwtContext & { params: Record<string, string> },
): Promise<void> {
  const familyId = uuidSchema.safeParse(ctx.params['id'])
  const { userId } = identityOf(ctx)
  const families = storedFamilies(ctx)
  if (!familyId.success || !(await families.end(userId, familyId.data))) {
    throw new Problem('not_found')
  }
  ctx.status = 204
}
