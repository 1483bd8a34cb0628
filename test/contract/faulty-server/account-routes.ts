import type { Router } from '@koa/router'
import type { Context } from 'koa'
import type { Accounts, Entry } from './accounts.js'
import { parseBasic, parseBearer } from './authorization-header.js'
import { Problem } from './problem.js'
import { readJson } from './read-json.js'
import { registration } from './requests.js'
import type { Guard, State } from './require-access-token.js'
import type { Mistakes } from './switchable.js'
import { userView } from './users.js'

/** Everything below `/auth`. */
export function accountRoutes(
  router: Router<State>,
  guard: Guard,
  { logins, families, tokens, ...accounts }: Accounts,
  mistakes: Mistakes,
): void {
  const view = userView(mistakes)
  const entryView = ({ user, accessToken, refreshToken }: Entry): object => ({
    user: view(user),
    accessToken,
    refreshToken,
  })

  router.post('/auth/register/email', async (ctx) => {
    const request = await readJson(ctx.req, registration)
    ctx.body = entryView(await accounts.register(request, userAgentOf(ctx)))
    ctx.status = 201
  })

  router.post('/auth/login/email', async (ctx) => {
    const { email, password } = parseBasic(ctx.headers.authorization, mistakes)
    ctx.body = entryView(await accounts.login(email, password, userAgentOf(ctx)))
  })

  router.post('/auth/token/access', async (ctx) => {
    ctx.body = await logins.renew(parseBearer(ctx.headers.authorization))
  })

  router.post('/auth/token/refresh', async (ctx) => {
    ctx.body = { refreshToken: await logins.rotate(parseBearer(ctx.headers.authorization)) }
  })

  router.post('/auth/logout', (ctx) => {
    // Either token: the access token may have expired when a user wants to go.
    families.end(tokens.verify(parseBearer(ctx.headers.authorization), 'any').sid)
    ctx.status = 204
  })

  router.post('/auth/logout/all', guard, (ctx) => {
    families.endAll(ctx.state.claims.sub)
    ctx.status = 204
  })

  router.get('/auth/whoami', guard, (ctx) => {
    const { sub, email, iat, exp } = ctx.state.claims
    ctx.body = { id: sub, email, issuedAt: isoTime(iat), expiresAt: isoTime(exp) }
  })

  router.get('/auth/devices', guard, (ctx) => {
    const { sub, sid } = ctx.state.claims
    const devices = families.list(sub).map(({ id, userAgent, createdAt, liveUntil }) => {
      const times = { createdAt: new Date(createdAt), expiresAt: new Date(liveUntil) }
      return { id, current: id === sid, userAgent, ...times }
    })
    ctx.body = { devices }
  })

  router.delete('/auth/devices/:id', guard, (ctx) => {
    const id = String(ctx.params['id']).toLowerCase()
    const own = families.list(ctx.state.claims.sub).some((family) => family.id === id)
    if (!own) throw new Problem('not_found')
    families.end(id)
    ctx.status = 204
  })
}

function userAgentOf(ctx: Context): string | null {
  return ctx.get('User-Agent').slice(0, 200) || null
}

/** `null` for a token that has no such time. */
function isoTime(seconds = Number.NaN): string | null {
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}
