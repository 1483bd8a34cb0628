import { type Context, Hono } from 'hono'
import type { Accounts, User } from './accounts.js'
import { parseBasic } from './basic-credentials.js'
import { readJson } from './checked-input.js'
import { Problem } from './problem.js'
import { registration } from './request-shapes.js'
import {
  forgetId,
  presentedId,
  refusal,
  requireSession,
  sendId,
  type WithSession,
} from './session-cookie.js'
import { expiryOf, type Session, type Sessions } from './sessions.js'
import { userView } from './user-routes.js'

/** Everything below `/auth`. */
export function authRoutes(accounts: Accounts, sessions: Sessions): Hono<WithSession> {
  const app = new Hono<WithSession>()
  const session = requireSession(sessions)

  /** A login never takes over the id that it came with (session fixation). */
  const begin = (c: Context, user: User): void => {
    const oldId = presentedId(c)
    if (oldId !== undefined) sessions.end(oldId)
    sendId(c, sessions.start(user, c.req.header('user-agent')?.slice(0, 200) || null))
  }

  app.post('/register/email', async (c) => {
    const { nickname, email, password } = await readJson(c.req, registration)
    const user = await accounts.register(nickname, email, password)
    begin(c, user)
    return c.json({ user: userView(user) }, 201)
  })

  app.post('/login/email', async (c) => {
    const { email, password } = parseBasic(c.req.header('authorization'))
    const user = await accounts.login(email, password, (it) => begin(c, it))
    return c.json({ user: userView(user) })
  })

  // The guard has renewed it.
  app.post('/token/access', session, (c) => c.json(expiryView(c.var.session)))

  app.post('/token/refresh', session, (c) => {
    sessions.rotate(c.var.session)
    sendId(c, c.var.session)
    return c.json(expiryView(c.var.session))
  })

  // Without the guard: who is logged out already gets the same answer.
  app.post('/logout', (c) => {
    const id = presentedId(c)
    if (id === undefined) throw refusal(c)
    sessions.end(id)
    forgetId(c)
    return c.body(null, 204)
  })

  app.post('/logout/all', session, (c) => {
    for (const { id } of sessions.of(c.var.session.userId)) sessions.end(id)
    forgetId(c)
    return c.body(null, 204)
  })

  app.get('/whoami', session, (c) => {
    const { userId, email, createdAt } = c.var.session
    const issuedAt = new Date(createdAt)
    return c.json({ id: userId, email, issuedAt, ...expiryView(c.var.session) })
  })

  app.get('/devices', session, (c) => {
    const devices = sessions.of(c.var.session.userId).map((it) => deviceView(it, c.var.session))
    return c.json({ devices })
  })

  app.delete('/devices/:id', session, (c) => {
    const id = c.req.param('id').toLowerCase()
    const device = sessions.of(c.var.session.userId).find(({ deviceId }) => deviceId === id)
    if (!device) throw new Problem('not_found')
    sessions.end(device.id)
    return c.body(null, 204)
  })

  return app
}

function expiryView(session: Session): { expiresAt: Date } {
  return { expiresAt: expiryOf(session) }
}

function deviceView(session: Session, current: Session): object {
  const { deviceId, userAgent, createdAt } = session
  return {
    id: deviceId,
    current: session === current,
    userAgent,
    createdAt: new Date(createdAt),
    ...expiryView(session),
  }
}
