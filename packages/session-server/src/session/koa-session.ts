import type Koa from 'koa'
import { type CreateSessionOptions, createSession } from 'koa-session'
import type { SessionConfig } from '../config.js'
import type { SessionContext, SessionPorts } from '../ports.js'
import { sessionFromJson, type SessionRecord } from '../stores/session-store.js'
import { cookieAttributes, cookieName, readSessionId } from './cookie.js'

/** What koa-session does for this server. */
export interface KoaSession {
  /** The session that the cookie names or carries, whether it has expired or not. */
  read(ctx: SessionContext): Promise<SessionRecord | undefined>
  /** Puts the session itself into the cookie, encoded and signed (`session-cookie`). */
  setCookie(ctx: SessionContext, record: SessionRecord): Promise<void>
}

/** What `ctx.session` is once koa-session has found a session or made an empty one. */
interface LiveSession {
  readonly isNew: boolean
  save(): Promise<void>
  toJSON(): SessionRecord
}

type RequestWithSession = SessionContext & {
  get session(): LiveSession
  set session(record: SessionRecord)
}

/**
 * The only file that knows koa-session. It loads sessions, and it encodes and signs the cookie of
 * `session-cookie`. Everything else is written step by step in `start`, `renew`, `rotate` and `end`,
 * because koa-session's `save()` calls the store and the cookie back by itself.
 */
export function adaptKoaSession(
  app: Koa<object, { ports: SessionPorts }>,
  config: SessionConfig,
): KoaSession {
  const load = createSession(optionsOf(config), app)
  return {
    read: async (ctx) => {
      await load(ctx, async () => undefined)
      const { session } = ctx as RequestWithSession
      return session.isNew ? undefined : session.toJSON()
    },
    setCookie: async (ctx, record) => {
      const request = ctx as RequestWithSession
      request.session = record
      await request.session.save()
    },
  }
}

function optionsOf(config: SessionConfig): CreateSessionOptions {
  return {
    ...cookieAttributes(config),
    key: cookieName(config),
    // The cookie ends with the browser; the idle and absolute deadlines are the server's.
    maxAge: 'session',
    // Nothing is saved behind the handler's back when the request ends.
    autoCommit: false,
    ...(config.store === 'cookie'
      ? CARRIED_BY_COOKIE
      : { ...KEPT_IN_STORE, externalKey: idOf(config) }),
  }
}

/** The cookie carries the session as JSON in base64url, which everybody can read, and a signature. */
const CARRIED_BY_COOKIE: CreateSessionOptions = {
  signed: true,
  encode: (session: object) =>
    Buffer.from(JSON.stringify(withoutPrivate(session))).toString('base64url'),
  decode: (text: string): unknown => sessionFromJson(Buffer.from(text, 'base64url').toString()),
}

/** koa-session only reads from the store. */
const KEPT_IN_STORE: CreateSessionOptions = {
  signed: false,
  store: {
    get: async (id: string, _maxAge: unknown, { ctx }: { ctx?: unknown }) =>
      (ctx as SessionContext).ports.sessions?.read(id),
    set: koaSessionMustNotWrite,
    destroy: koaSessionMustNotWrite,
  },
}

function idOf(config: SessionConfig): NonNullable<CreateSessionOptions['externalKey']> {
  return {
    get: (ctx: SessionContext) => readSessionId(ctx, config) ?? '',
    set: koaSessionMustNotWrite,
  }
}

function koaSessionMustNotWrite(): never {
  throw new Error('sessions are written by start, renew, rotate and end')
}

/** koa-session's own deadlines (`_expire`, `_maxAge`) read another clock than ours, so they stay out. */
function withoutPrivate(session: object): object {
  return Object.fromEntries(Object.entries(session).filter(([name]) => !name.startsWith('_')))
}
