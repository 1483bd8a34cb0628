import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { readJson } from './checked-input.js'
import { page } from './page.js'
import { Problem } from './problem.js'
import { newPost } from './request-shapes.js'
import { requireSession, type WithSession } from './session-cookie.js'
import type { Sessions } from './sessions.js'

export interface Post {
  readonly id: string
  /** Counts the posts: where a page of them begins. */
  readonly number: number
  readonly authorId: string
  readonly title: string
  readonly body: string
  readonly createdAt: Date
}

/** Everything below `/posts`: of one's own, others do not exist. */
export function postRoutes(sessions: Sessions, posts: Map<string, Post>): Hono<WithSession> {
  const app = new Hono<WithSession>()
  const session = requireSession(sessions)
  let count = 0

  const ownPost = (authorId: string, id: string): Post => {
    const post = posts.get(id.toLowerCase())
    if (post?.authorId !== authorId) throw new Problem('not_found')
    return post
  }

  app.get('/', session, (c) => {
    const own = [...posts.values()].filter((it) => it.authorId === c.var.session.userId)
    const { items, nextCursor } = page(c.req, own)
    return c.json({ posts: items.map(postView), nextCursor })
  })

  app.post('/', session, async (c) => {
    const { title, body } = await readJson(c.req, newPost)
    const authorId = c.var.session.userId
    const id = randomUUID()
    const post = { id, number: ++count, authorId, title, body, createdAt: new Date() }
    posts.set(id, post)
    return c.json({ post: postView(post) }, 201, { Location: `/posts/${id}` })
  })

  app.get('/:id', session, (c) => {
    return c.json({ post: postView(ownPost(c.var.session.userId, c.req.param('id'))) })
  })

  app.delete('/:id', session, (c) => {
    posts.delete(ownPost(c.var.session.userId, c.req.param('id')).id)
    return c.body(null, 204)
  })

  return app
}

function postView({ id, title, body, createdAt }: Post): object {
  return { id, title, body, createdAt }
}
