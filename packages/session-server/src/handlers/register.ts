import { registerRequest } from '@session-vs-jwt/http-contract'
import { type Admission, readJson, userView } from '@session-vs-jwt/http-edge'
import { registerWithEmail } from '@session-vs-jwt/users'
import type { SessionContext } from '../ports.js'
import type { SessionSettings } from '../session/settings.js'
import { startSession } from '../session/start.js'

/** `POST /auth/register/email`: registering logs you in. */
export function register(
  settings: SessionSettings,
  admit: Admission,
): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    const registration = await readJson(ctx.req, registerRequest)
    const facts = { id: settings.newId(), createdAt: settings.clock() }
    const { user } = await admit(ctx, (signal) =>
      registerWithEmail(
        registration,
        facts,
        ctx.ports,
        (it, version) => startSession(ctx, it, version, settings),
        signal,
      ),
    )
    ctx.status = 201
    ctx.body = { user: userView(user) }
  }
}
