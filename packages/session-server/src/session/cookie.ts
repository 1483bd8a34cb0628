import { paths } from '@session-vs-jwt/http-contract'
import type { SessionConfig } from '../config.js'
import type { SessionContext } from '../ports.js'
import { isSessionId } from './session-id.js'
import { type CookieAttributes, timesSent } from './strict-cookies.js'

/** The attributes of every cookie that this server sets (RFC 6265bis, section 4.1.2). */
export function cookieAttributes({ https }: SessionConfig): CookieAttributes {
  return { httpOnly: true, sameSite: 'lax', secure: https, overwrite: true }
}

/** The `__Host-` prefix makes the browser insist on Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2). */
export function cookieName({ https }: SessionConfig): string {
  return https ? '__Host-sid' : 'sid'
}

/** The session id that the request's cookie carries; `undefined` without a cookie, or with two. */
export function readSessionId(ctx: SessionContext, config: SessionConfig): string | undefined {
  const id = ctx.cookies.get(cookieName(config), { signed: false })
  return id !== undefined && isSessionId(id) ? id : undefined
}

/** Whether the cookie carries a session that this server signed (`session-cookie`). */
export function carriesSession(ctx: SessionContext, config: SessionConfig): boolean {
  return ctx.cookies.get(cookieName(config), { signed: true }) !== undefined
}

/** Sends the session id to the browser. It isn't signed: nobody can guess 256 random bits. */
export function setSessionCookie(ctx: SessionContext, id: string, config: SessionConfig): void {
  ctx.cookies.set(cookieName(config), id, { ...cookieAttributes(config), signed: false })
}

/** Tells the browser to delete the cookie, and its signature if there is one. */
export function clearCookie(ctx: SessionContext, config: SessionConfig): void {
  const signed = config.store === 'cookie'
  ctx.cookies.set(cookieName(config), '', { ...cookieAttributes(config), signed })
}

/** Whether the request has a cookie of this name at all, valid or not. */
export function hasSessionCookie(ctx: SessionContext, config: SessionConfig): boolean {
  return timesSent(ctx.headers.cookie, cookieName(config)) > 0
}

/** How a client without a session learns where to get one (draft-broyer-http-cookie-auth). */
export function challengeFor(name: string): string {
  return `Cookie realm="session-server", form-action="${paths.login}", cookie-name="${name}"`
}
