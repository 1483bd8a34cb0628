import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import cors from '@koa/cors'
import helmet from 'helmet'
import type { Middleware } from 'koa'
import { Problem } from '@session-vs-jwt/http-contract'
import { parseOrigin } from './origin.js'

/**
 * Headers for an API that serves no page: nothing may be loaded, framed or sniffed. HSTS only where the
 * server is reached over https. They are the same for every answer, so helmet is asked once.
 */
export function securityHeaders(https: boolean): Middleware {
  const headers = headersOf(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      crossOriginResourcePolicy: { policy: 'same-site' },
      frameguard: { action: 'deny' },
      strictTransportSecurity: https,
      // These speak of pages and plug-ins, and would be bytes for nothing here.
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      dnsPrefetchControl: false,
      ieNoOpen: false,
      permittedCrossDomainPolicies: false,
      xssFilter: false,
    }),
  )
  return ({ res }, next) => {
    for (const [name, value] of headers) res.setHeader(name, value)
    return next()
  }
}

/** What `middleware` sets on an answer, whatever the request. */
function headersOf(middleware: ReturnType<typeof helmet>): readonly (readonly [string, string])[] {
  const headers: [string, string][] = []
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  response.setHeader = (name, value) => {
    headers.push([name, String(value)])
    return response
  }
  middleware(request, response, (error) => {
    if (error) throw error
  })
  return headers
}

/** Answers carry credentials and what they open: no cache may keep one, errors included. */
export const noStore: Middleware = (ctx, next) => {
  ctx.res.setHeader('Cache-Control', 'no-store')
  return next()
}

/**
 * Lets the pages of `origins` call this server from a browser, credentials included. A request without
 * `Origin` comes from no such page, and is only told that one with it could get another answer.
 */
export function crossOrigin(origins: readonly string[]): Middleware {
  const withOrigin = cors({
    origin: (ctx) => {
      const sent = ctx.get('Origin')
      const origin = parseOrigin(sent)
      // A browser looks for the text that it has sent.
      return origin !== undefined && origins.includes(origin) ? sent : ''
    },
    credentials: true,
    allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['Server-Timing', 'WWW-Authenticate', 'Retry-After', 'Location'],
    maxAge: 600,
  })
  return (ctx, next) => {
    if (ctx.req.headers.origin !== undefined) return withOrigin(ctx, next)
    ctx.res.setHeader('Vary', 'Origin')
    return next()
  }
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses unsafe requests that a browser sends for a foreign page: it would add the cookie unasked
 * (CSRF). `Sec-Fetch-Site` decides where it is sent, else `Origin`; a client that sends neither is no
 * browser and holds its cookie on purpose.
 *
 * @throws {Problem} `forbidden_origin`
 */
export function sameOrigin(allowedOrigins: readonly string[], https: boolean): Middleware {
  return (ctx, next) => {
    if (SAFE_METHODS.has(ctx.req.method ?? '')) return next()
    const site = ctx.get('Sec-Fetch-Site')
    if (site === 'same-origin' || site === 'none') return next()
    if (site === '' && ctx.get('Origin') === '') return next()
    const origin = parseOrigin(ctx.get('Origin'))
    const own = parseOrigin(`${https ? 'https' : 'http'}://${ctx.host}`)
    const known = origin === own ? site === '' : allowedOrigins.includes(origin ?? '')
    if (origin !== undefined && known) return next()
    throw new Problem('forbidden_origin', {
      detail: 'This page may not send requests with the cookie of this server.',
    })
  }
}
