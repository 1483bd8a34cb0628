import type { SessionContext } from '../ports.js'
import { carriesSession, clearCookie, readSessionId } from './cookie.js'
import { noSession } from './load.js'
import type { SessionSettings } from './settings.js'

/**
 * Ends the session that the cookie names, without loading it, and deletes the cookie. Ending a session
 * twice is fine.
 *
 * @throws {Problem} `missing_credential`, `invalid_credential`: the cookie is not one of this server
 */
export async function endSession(ctx: SessionContext, { config }: SessionSettings): Promise<void> {
  const { sessions } = ctx.ports
  if (sessions) {
    const id = readSessionId(ctx, config)
    if (id === undefined) throw noSession(ctx, config)
    await sessions.destroy(id)
  } else if (!carriesSession(ctx, config)) {
    throw noSession(ctx, config)
  }
  clearCookie(ctx, config)
}
