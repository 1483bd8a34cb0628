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
      ? origin === undefined || isSameOrigin(origin, `http://${c.req.header('host')}`)
      : site === 'same-origin' || site === 'none'
  if (!isOwn && !SAFE_METHODS.has(c.req.method)) throw new Problem('forbidden_origin')
  await next()
})

/** Compares scheme, host and port: `http://Example.org:80` and `http://example.org` are the same origin. */
function isSameOrigin(origin: string, own: string): boolean {
  if (!URL.canParse(origin) || !URL.canParse(own)) return false
  return new URL(origin).origin === new URL(own).origin
}
