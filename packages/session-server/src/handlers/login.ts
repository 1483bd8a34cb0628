import { type Admission, parseBasic, userView } from '@session-vs-jwt/http-edge'
import { loginWithEmail } from '@session-vs-jwt/users'
import type { SessionContext } from '../ports.js'
import type { SessionSettings } from '../session/settings.js'
import { startSession, undoStart } from '../session/start.js'

/** `POST /auth/login/email`: email and password in a Basic header. */
export function login(
  settings: SessionSettings,
  admit: Admission,
): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    const credentials = parseBasic(ctx.headers.authorization)
    const { user } = await admit(ctx, (signal) =>
      loginWithEmail(
        credentials,
        ctx.ports,
        (it, version) => startSession(ctx, it, version, settings),
        (session) => undoStart(ctx, session, settings),
        signal,
      ),
    )
    ctx.body = { user: userView(user) }
  }
}
