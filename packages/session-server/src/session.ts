import {
  type Clock,
  type Identity,
  type NewId,
  Problem,
  type ProblemCode,
  userAgentOf,
} from '@session-vs-jwt/http-kit'
import type { User } from '@session-vs-jwt/users'
import Cookies from 'cookies'
import type Koa from 'koa'
import { type CreateSessionOptions, createSession } from 'koa-session'
import type { SessionConfig } from './config.js'
import type { SessionContext, SessionMiddleware, SessionPorts } from './ports.js'
import { isSessionId, newSessionId, type RandomBytes } from './session-id.js'
import { expiryOf, type SessionRecord, type SessionStore } from './stores/session-store.js'

/** What `ctx.session` is, once koa-session has found or made one. */
type LiveSession = { -readonly [Field in keyof SessionRecord]: SessionRecord[Field] } & {
  save(): Promise<void>
  regenerate(): Promise<void>
  toJSON(): Record<string, unknown>
}

interface SessionState {
  /** The user whose session is about to get an id. */
  sessionOwner?: string
  /** The id that this request's session has in the store; none before the first save. */
  storedId?: string | undefined
  /** Where koa-session gives up an id for a new one: the id given up. */
  replacedId?: string | undefined
  /** What was saved last, to skip koa-session's second save of the same. */
  savedJson?: string
  /** Why a session that was presented is not valid. */
  refusal?: ProblemCode
}

type Ctx = SessionContext & { state: SessionState; session: LiveSession | null }

export interface SessionSettings {
  readonly config: SessionConfig
  readonly clock: Clock
  readonly newId: NewId
  readonly random: RandomBytes
}

/**
 * Sessions over koa-session. It loads the session where {@link Sessions.load} is mounted and writes it
 * when it has changed; what it must not decide (ids, deadlines, what may be written) is decided here.
 */
export class Sessions {
  readonly load: SessionMiddleware
  /** Gives a request the cookies of this server: the `Secure` attribute, and the keys that sign. */
  readonly cookies: SessionMiddleware
  readonly #settings: SessionSettings
  readonly #cookie: CookieOptions

  constructor(app: Koa<object, { ports: SessionPorts }>, settings: SessionSettings) {
    this.#settings = settings
    this.#cookie = cookieOptions(settings.config)
    this.cookies = async (ctx, next) => {
      const secure = settings.config.https
      ctx.cookies = new Cookies(ctx.req, ctx.res, { keys: ctx.ports.cookieKeys, secure })
      await next()
    }
    this.load = createSession(this.#koaSessionOptions(), app)
  }

  /** A new session for `user`, under a new id. One that the request came with is ended. */
  async start(context: SessionContext, user: User): Promise<void> {
    const ctx = context as Ctx
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
      idleUntil: now + config.idleSeconds * 1000,
      absoluteUntil: now + config.absoluteSeconds * 1000,
    }
    ctx.session = session as LiveSession
    await this.current(ctx).save()
    if (oldId !== undefined) await ctx.ports.sessions?.destroy(oldId)
  }

  /** The session that {@link load} found, or `undefined`. */
  found(ctx: SessionContext): SessionRecord | undefined {
    const { session } = ctx as Ctx
    return session?.userId === undefined ? undefined : session
  }

  /** Extends the idle deadline, never beyond the absolute one. */
  async renew(ctx: SessionContext): Promise<Date> {
    const session = this.current(ctx)
    session.idleUntil = this.#settings.clock().getTime() + this.#settings.config.idleSeconds * 1000
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
    const ctx = context as Ctx
    const session = this.current(ctx)
    session.idleUntil = this.#settings.clock().getTime() + this.#settings.config.idleSeconds * 1000
    ctx.state.sessionOwner = session.userId
    ctx.state.replacedId = ctx.state.storedId
    await session.regenerate()
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
    const { storedId } = (ctx as Ctx).state
    if (storedId !== undefined) await ctx.ports.sessions?.destroy(storedId)
    this.forget(ctx)
  }

  /** Takes the cookie out of the browser. */
  forget(ctx: SessionContext): void {
    ctx.cookies.set(this.#cookie.key, '', this.#cookie)
  }

  /** Why this request has no session. */
  refusal(context: SessionContext): Problem {
    const ctx = context as Ctx
    const sent = ctx.cookies.get(this.#cookie.key, { signed: false }) !== undefined
    return new Problem(ctx.state.refusal ?? (sent ? 'invalid_credential' : 'missing_credential'))
  }

  current(ctx: SessionContext): LiveSession {
    const { session } = ctx as Ctx
    if (!session) throw new Error('this route has no session')
    return session
  }

  #koaSessionOptions(): CreateSessionOptions {
    const { config, random } = this.#settings
    const options: CreateSessionOptions = {
      ...this.#cookie,
      // The cookie ends with the browser; idle and absolute deadlines are the server's.
      maxAge: 'session',
      valid: (ctx: Ctx, session: SessionRecord) => this.#isAlive(ctx, session),
      genid: (ctx: Ctx) => newSessionId(ctx.state.sessionOwner ?? '', random),
    }
    if (config.store === 'cookie') return { ...options, ...cookieCodec }
    return {
      ...options,
      store: storeAdapter,
      externalKey: {
        get: (ctx: Ctx) => (ctx.state.storedId = this.#presentedId(ctx)) ?? '',
        set: (ctx: Ctx, id: string) => this.#sendId(ctx, id),
      },
    }
  }

  /** An id in a form that this server makes; the store is not asked for anything else. */
  #presentedId(ctx: SessionContext): string | undefined {
    const id = ctx.cookies.get(this.#cookie.key, { signed: false })
    return id !== undefined && isSessionId(id) ? id : undefined
  }

  /** The browser knows the id of a session that goes on; only a new one is sent. */
  #sendId(ctx: Ctx, id: string): void {
    if (id === this.#presentedId(ctx)) return
    ctx.cookies.set(this.#cookie.key, id, this.#cookie)
  }

  #isAlive(ctx: Ctx, session: SessionRecord): boolean {
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

interface CookieOptions {
  readonly key: string
  readonly httpOnly: true
  readonly sameSite: 'lax'
  readonly secure: boolean
  readonly signed: boolean
  readonly overwrite: true
}

/** The prefix makes the browser insist on Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2). */
function cookieOptions({ https, store }: SessionConfig): CookieOptions {
  return {
    key: https ? '__Host-sid' : 'sid',
    httpOnly: true,
    sameSite: 'lax',
    secure: https,
    // 256 random bits need no signature; a cookie that carries the session does.
    signed: store === 'cookie',
    overwrite: true,
  }
}

/** What koa-session passes along with each call. */
interface OfRequest {
  ctx?: unknown
}

/**
 * koa-session speaks of get, set and destroy. Its `set` may mean a new session, a change of one that
 * must still be there, or the second half of `regenerate()`, which destroys the old id first: between
 * the two the user's sessions could be ended, and this one would come back. So `destroy` waits for
 * `set`, and both are one command.
 */
const storeAdapter = {
  get: async (id: string, _maxAge: unknown, { ctx }: OfRequest) => sessionsOf(ctx as Ctx).read(id),

  set: async (id: string, data: object, _maxAge: unknown, request: OfRequest) => {
    const ctx = request.ctx as Ctx
    const { state } = ctx
    const session = withoutPrivateMembers(data)
    const json = JSON.stringify(session)
    // koa-session saves once more at the end of a request that saved by itself.
    if (state.storedId === id && state.savedJson === json) return
    if (!(await write(ctx, id, session))) throw new Problem('invalid_credential')
    state.storedId = id
    state.savedJson = json
    state.replacedId = undefined
  },

  destroy: async (id: string, request: OfRequest) => {
    const ctx = request.ctx as Ctx
    if (ctx.state.replacedId !== id) await sessionsOf(ctx).destroy(id)
  },
}

/** A cookie that carries the session: JSON in base64url, which everybody can read. */
const cookieCodec = {
  encode: (data: object) =>
    Buffer.from(JSON.stringify(withoutPrivateMembers(data))).toString('base64url'),
  decode: (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString()),
}

/** koa-session's own deadlines (`_expire`, `_maxAge`) read another clock than ours: they stay out. */
function withoutPrivateMembers(data: object): SessionRecord {
  const entries = Object.entries(data).filter(([name]) => !name.startsWith('_'))
  return Object.fromEntries(entries) as unknown as SessionRecord
}

/** Whether the session could be written: one that was ended meanwhile cannot. */
async function write(ctx: Ctx, id: string, session: SessionRecord): Promise<boolean> {
  const { storedId, replacedId } = ctx.state
  const sessions = sessionsOf(ctx)
  if (replacedId !== undefined) return sessions.replace(replacedId, id, session)
  if (storedId === id) return sessions.update(id, session)
  await sessions.create(id, session)
  return true
}

function sessionsOf(ctx: SessionContext): SessionStore {
  if (!ctx.ports.sessions) throw new Error('this strategy keeps no sessions')
  return ctx.ports.sessions
}
