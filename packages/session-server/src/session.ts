import {
  type Clock,
  type Identity,
  type NewId,
  Problem,
  userAgentOf,
} from '@session-vs-jwt/http-kit'
import type { User } from '@session-vs-jwt/users'
import type Koa from 'koa'
import { type CreateSessionOptions, createSession } from 'koa-session'
import type { SessionConfig } from './config.js'
import type { SessionContext, SessionMiddleware, SessionPorts } from './ports.js'
import {
  cookieCodec,
  type LiveSession,
  type RequestWithSession,
  storeAdapter,
} from './koa-session-store.js'
import { type CookieAttributes, timesSent, useSessionCookies } from './session-cookies.js'
import { isSessionId, newSessionId, type RandomBytes } from './session-id.js'
import { expiryOf, type SessionRecord } from './stores/session-store.js'

export interface SessionSettings {
  readonly config: SessionConfig
  readonly clock: Clock
  readonly newId: NewId
  readonly random: RandomBytes
}

/**
 * Sessions over koa-session. It loads the session where {@link Sessions.load} is mounted and writes it
 * when it is told to; what it must not decide (ids, deadlines, what may be written) is decided here.
 */
export class Sessions {
  readonly load: SessionMiddleware
  readonly #settings: SessionSettings
  readonly #cookie: CookieOptions

  constructor(app: Koa<object, { ports: SessionPorts }>, settings: SessionSettings) {
    this.#settings = settings
    this.#cookie = cookieOptions(settings.config)
    useSessionCookies(app, attributesOf(settings.config))
    this.load = createSession(this.#koaSessionOptions(), app)
  }

  get cookieName(): string {
    return this.#cookie.key
  }

  /** A new session for `user`, under a new id. One that the request came with is ended. */
  async start(context: SessionContext, user: User, passwordVersion: number): Promise<void> {
    const ctx = context as RequestWithSession
    const { config, clock, newId } = this.#settings
    const now = clock().getTime()
    const oldId = this.#presentedId(ctx)
    ctx.state.sessionOwner = user.id
    const session: SessionRecord = {
      userId: user.id,
      email: user.email,
      deviceId: newId(),
      userAgent: userAgentOf(ctx),
      createdAt: now,
      idleUntil: this.#idleFromNow(),
      absoluteUntil: now + config.absoluteSeconds * 1000,
      passwordVersion: config.store === 'cookie' ? undefined : passwordVersion,
    }
    ctx.session = session as LiveSession
    // First: a login that fails here has not begun a session that it would have to take back.
    if (oldId !== undefined) await ctx.ports.sessions?.destroy(oldId)
    await this.current(ctx).save()
  }

  /** The session that {@link load} found, or `undefined`. */
  found(ctx: SessionContext): SessionRecord | undefined {
    const { session } = ctx as RequestWithSession
    return session?.userId === undefined ? undefined : session
  }

  /** Extends the idle deadline, never beyond the absolute one. */
  async renew(ctx: SessionContext): Promise<Date> {
    const session = this.current(ctx)
    session.idleUntil = this.#idleFromNow()
    await session.save()
    return new Date(expiryOf(session))
  }

  /** Renews at most once in each quarter of the idle time: reading writes nothing in between. */
  async renewIfDue(ctx: SessionContext): Promise<void> {
    const left = this.current(ctx).idleUntil - this.#settings.clock().getTime()
    if (left <= this.#settings.config.idleSeconds * 750) await this.renew(ctx)
  }

  /** A new id for the same session, in one step with the end of the old one. */
  async rotate(context: SessionContext): Promise<Date> {
    const ctx = context as RequestWithSession
    const session = this.current(ctx)
    session.idleUntil = this.#idleFromNow()
    ctx.state.sessionOwner = session.userId
    ctx.state.replacedId = ctx.state.storedId
    try {
      await session.regenerate()
    } catch (error) {
      // koa-session has taken the cookie out already, which another tab may just have renewed.
      ctx.remove('Set-Cookie')
      throw error
    }
    return new Date(expiryOf(session))
  }

  /** Ends the session that the cookie names, without a look at it: to end it twice is no error. */
  async end(ctx: SessionContext): Promise<void> {
    if (this.#settings.config.store === 'cookie') {
      if (ctx.cookies.get(this.#cookie.key, this.#cookie) === undefined) throw this.refusal(ctx)
    } else {
      const id = this.#presentedId(ctx)
      if (id === undefined) throw this.refusal(ctx)
      await ctx.ports.sessions?.destroy(id)
    }
    this.forget(ctx)
  }

  /** Takes back a session that {@link start} made in this request. */
  async withdraw(ctx: SessionContext): Promise<void> {
    const { storedId } = (ctx as RequestWithSession).state
    this.forget(ctx)
    if (storedId !== undefined) await ctx.ports.sessions?.destroy(storedId)
  }

  /** Takes the cookie out of the browser. */
  forget(ctx: SessionContext): void {
    ctx.cookies.set(this.#cookie.key, '', this.#cookie)
  }

  /** Why this request has no session. */
  refusal(context: SessionContext): Problem {
    const ctx = context as RequestWithSession
    const sent = timesSent(ctx.headers.cookie, this.#cookie.key) > 0
    return new Problem(ctx.state.refusal ?? (sent ? 'invalid_credential' : 'missing_credential'))
  }

  current(ctx: SessionContext): LiveSession {
    const { session } = ctx as RequestWithSession
    if (!session) throw new Error('this route has no session')
    return session
  }

  #idleFromNow(): number {
    const { clock, config } = this.#settings
    return clock().getTime() + config.idleSeconds * 1000
  }

  #koaSessionOptions(): CreateSessionOptions {
    const { config, random } = this.#settings
    const options: CreateSessionOptions = {
      ...this.#cookie,
      // The cookie ends with the browser; idle and absolute deadlines are the server's.
      maxAge: 'session',
      // Every change is saved where it is made: nothing is left to look for when the request ends.
      autoCommit: false,
      valid: (ctx: RequestWithSession, session: SessionRecord) => this.#isAlive(ctx, session),
      genid: (ctx: RequestWithSession) => newSessionId(ctx.state.sessionOwner ?? '', random),
    }
    if (config.store === 'cookie') return { ...options, ...cookieCodec }
    return {
      ...options,
      store: storeAdapter,
      externalKey: {
        get: (ctx: RequestWithSession) => (ctx.state.storedId = this.#presentedId(ctx)) ?? '',
        set: (ctx: RequestWithSession, id: string) => this.#sendId(ctx, id),
      },
    }
  }

  /** An id in a form that this server makes; the store is not asked for anything else. */
  #presentedId(ctx: SessionContext): string | undefined {
    const id = ctx.cookies.get(this.#cookie.key, { signed: false })
    return id !== undefined && isSessionId(id) ? id : undefined
  }

  /** The browser knows the id of a session that goes on; only a new one is sent. */
  #sendId(ctx: RequestWithSession, id: string): void {
    if (id === this.#presentedId(ctx)) return
    ctx.cookies.set(this.#cookie.key, id, this.#cookie)
  }

  #isAlive(ctx: RequestWithSession, session: SessionRecord): boolean {
    if (expiryOf(session) > this.#settings.clock().getTime()) return true
    ctx.state.refusal = 'expired_credential'
    return false
  }
}

export function identityFrom(session: SessionRecord): Identity {
  return {
    userId: session.userId,
    email: session.email,
    issuedAt: new Date(session.createdAt),
    expiresAt: new Date(expiryOf(session)),
    deviceId: session.deviceId,
  }
}

interface CookieOptions extends CookieAttributes {
  readonly key: string
  readonly signed: boolean
}

function attributesOf({ https }: SessionConfig): CookieAttributes {
  return { httpOnly: true, sameSite: 'lax', secure: https, overwrite: true }
}

/** The prefix makes the browser insist on Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2). */
function cookieOptions(config: SessionConfig): CookieOptions {
  return {
    ...attributesOf(config),
    key: config.https ? '__Host-sid' : 'sid',
    // 256 random bits need no signature; a cookie that carries the session does.
    signed: config.store === 'cookie',
  }
}
