import type { SessionMiddleware } from './ports.js'
import { identityFrom, loadSession, sessionOf } from './session/load.js'
import { renewIfDue } from './session/renew.js'
import type { SessionSettings } from './session/settings.js'

/**
 * The guard of private routes: it loads the session, renews it when that is due, and says who sends the
 * request. It renews before the handler runs, so an ended session can't do anything more.
 *
 * @throws {Problem} `missing_credential`, `invalid_credential`, `expired_credential`
 */
export function authenticated(settings: SessionSettings): SessionMiddleware {
  return async (ctx, next) => {
    ctx.state.session = await loadSession(ctx, settings)
    await renewIfDue(ctx, settings)
    ctx.state.identity = identityFrom(sessionOf(ctx))
    await next()
  }
}
