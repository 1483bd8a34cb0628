import type { SessionMiddleware } from './ports.js'
import { identityFrom, type Sessions } from './session.js'

/**
 * Lets a request pass that has a live session, and says who sends it. The idle deadline is renewed
 * before the handler runs: where the session was ended meanwhile, nothing has been done yet.
 *
 * @throws {Problem} `missing_credential`, `invalid_credential`, `expired_credential`
 */
export function requireSession(sessions: Sessions): SessionMiddleware {
  return async (ctx, next) => {
    const session = sessions.found(ctx)
    if (!session) throw sessions.refusal(ctx)
    await sessions.renewIfDue(ctx)
    ctx.state.identity = identityFrom(session)
    await next()
  }
}
