import { createMiddleware } from 'hono/factory'
import { Problem } from './problem.js'

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser sends the cookie unasked, also for a page of somebody else (CSRF): it says so in
 * `Sec-Fetch-Site`, an old one in `Origin`. A client that sends neither is no browser.
 *
 * @throws {Problem} with 403
 */
export const sameOrigin = createMiddleware(async (c, next) => {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const isOwn =
    site === undefined
      ? origin === undefined || origin === `http://${c.req.header('host')}`
      : site === 'same-origin' || site === 'none'
  if (!isOwn && !SAFE_METHODS.has(c.req.method)) throw new Problem('forbidden_origin')
  await next()
})
