import { Hono } from 'hono'
import type { Accounts, User } from './accounts.js'
import { readJson } from './checked-input.js'
import { page } from './page.js'
import type { Post } from './post-routes.js'
import { accountDeletion, profileChange } from './request-shapes.js'
import { forgetId, requireSession, type WithSession } from './session-cookie.js'
import type { Session, Sessions } from './sessions.js'

/** Everything below `/users`. */
export function userRoutes(
  accounts: Accounts,
  sessions: Sessions,
  posts: Map<string, Post>,
): Hono<WithSession> {
  const app = new Hono<WithSession>()
  const session = requireSession(sessions)

  const endOthersThan = (kept: Session): void => {
    for (const it of sessions.of(kept.userId)) if (it !== kept) sessions.end(it.id)
  }

  app.get('/', session, (c) => {
    const { items, nextCursor } = page(c.req, accounts.all())
    return c.json({ users: items.map(({ id, nickname }) => ({ id, nickname })), nextCursor })
  })

  app.get('/me', session, (c) => {
    return c.json({ user: userView(accounts.get(c.var.session.userId)) })
  })

  app.patch('/me', session, async (c) => {
    const { nickname, password, currentPassword } = await readJson(c.req, profileChange)
    const user = accounts.get(c.var.session.userId)
    if (nickname !== undefined) accounts.rename(user, nickname)
    if (password !== undefined && currentPassword !== undefined) {
      const endOthers = (): void => endOthersThan(c.var.session)
      await accounts.changePassword(user, password, currentPassword, endOthers)
    }
    return c.json({ user: userView(user) })
  })

  app.delete('/me', session, async (c) => {
    const { currentPassword } = await readJson(c.req, accountDeletion)
    const { id } = await accounts.remove(accounts.get(c.var.session.userId), currentPassword)
    for (const it of sessions.of(id)) sessions.end(it.id)
    for (const post of posts.values()) if (post.authorId === id) posts.delete(post.id)
    forgetId(c)
    return c.body(null, 204)
  })

  return app
}

/** A user as its owner sees it. */
export function userView({ id, nickname, email, createdAt }: User): object {
  return { id, nickname, email, createdAt }
}
