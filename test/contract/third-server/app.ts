import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { Accounts } from './accounts.js'
import { authRoutes } from './auth-routes.js'
import { type Post, postRoutes } from './post-routes.js'
import { Problem } from './problem.js'
import { sameOrigin } from './same-origin.js'
import { Sessions } from './sessions.js'
import { userRoutes } from './user-routes.js'

/** The contract with session cookies, and everything in memory. */
export function createApp(bcryptCost: number): Hono {
  const app = new Hono()
  const accounts = new Accounts(bcryptCost)
  const sessions = new Sessions()
  const posts = new Map<string, Post>()

  app.use(noStore)
  app.use(sameOrigin)
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (_c, allowed) => refuseMethod(allowed) }))
  app.route('/auth', authRoutes(accounts, sessions))
  app.route('/users', userRoutes(accounts, sessions, posts))
  app.route('/posts', postRoutes(sessions, posts))
  app.get('/health/live', (c) => c.json({ status: 'live' }))
  app.get('/health/ready', (c) => c.json({ status: 'ready', dependencies: {} }))
  app.notFound(() => new Problem('not_found').toResponse())
  app.onError((error) => toProblem(error).toResponse())
  return app
}

const noStore = createMiddleware(async (c, next) => {
  c.header('Cache-Control', 'no-store')
  await next()
})

function refuseMethod(allowed: readonly string[]): Response {
  const headers = { Allow: allowed.join(', ') }
  return new Problem('method_not_allowed', { headers }).toResponse()
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  // Of what nobody expected the client learns nothing.
  console.error(error)
  return new Problem('internal_error')
}
