import { type Admission, parseBasic, userView } from '@session-vs-jwt/http-kit'
import { loginWithEmail } from '@session-vs-jwt/users'
import type { SessionContext } from '../ports.js'
import type { Sessions } from '../session.js'

/** `POST /auth/login/email`: email and password in a Basic header. */
export function login(
  sessions: Sessions,
  admit: Admission,
): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    const credentials = parseBasic(ctx.headers.authorization)
    const { user } = await admit(ctx, (signal) =>
      loginWithEmail(
        credentials,
        ctx.ports,
        (it, version) => sessions.start(ctx, it, version),
        () => sessions.withdraw(ctx),
        signal,
      ),
    )
    ctx.body = { user: userView(user) }
  }
}
