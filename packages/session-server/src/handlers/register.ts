import {
  type Admission,
  type Clock,
  type NewId,
  readJson,
  registerRequest,
  userView,
} from '@session-vs-jwt/http-kit'
import { registerWithEmail } from '@session-vs-jwt/users'
import type { SessionContext } from '../ports.js'
import type { Sessions } from '../session.js'

/** `POST /auth/register/email`: registered means logged in. */
export function register(
  sessions: Sessions,
  clock: Clock,
  newId: NewId,
  admit: Admission,
): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    const registration = await readJson(ctx.req, registerRequest)
    const facts = { id: newId(), createdAt: clock() }
    const { user } = await admit(ctx, (signal) =>
      registerWithEmail(
        registration,
        facts,
        ctx.ports,
        (it, version) => sessions.start(ctx, it, version),
        signal,
      ),
    )
    ctx.status = 201
    ctx.body = { user: userView(user) }
  }
}
