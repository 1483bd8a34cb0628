import { Problem, type ProblemCode } from '@session-vs-jwt/http-kit'
import type { CreateSessionOptions } from 'koa-session'
import type { SessionContext } from './ports.js'
import { sessionFromJson, type SessionRecord, type SessionStore } from './stores/session-store.js'

/** What `ctx.session` is, once koa-session has found or made one. */
export type LiveSession = { -readonly [Field in keyof SessionRecord]: SessionRecord[Field] } & {
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
  /** What was saved last: a request that saves the same again writes nothing. */
  savedJson?: string
  /** Why a session that was presented is not valid. */
  refusal?: ProblemCode
}

/** A request as koa-session and this server see it. */
export type RequestWithSession = SessionContext & {
  state: SessionState
  session: LiveSession | null
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
export const storeAdapter: NonNullable<CreateSessionOptions['store']> = {
  get: async (id: string, _maxAge: unknown, { ctx }: OfRequest) =>
    sessionsOf(ctx as RequestWithSession).read(id),

  set: async (id: string, data: object, _maxAge: unknown, request: OfRequest) => {
    const ctx = request.ctx as RequestWithSession
    const { state } = ctx
    const session = withoutPrivateMembers(data)
    const json = JSON.stringify(session)
    if (state.storedId === id && state.savedJson === json) return
    if (!(await write(ctx, id, session))) throw new Problem('invalid_credential')
    state.storedId = id
    state.savedJson = json
    state.replacedId = undefined
  },

  destroy: async (id: string, request: OfRequest) => {
    const ctx = request.ctx as RequestWithSession
    if (ctx.state.replacedId !== id) await sessionsOf(ctx).destroy(id)
  },
}

/** A cookie that carries the session: JSON in base64url, which everybody can read. */
export const cookieCodec: Pick<CreateSessionOptions, 'encode' | 'decode'> = {
  encode: (data: object) =>
    Buffer.from(JSON.stringify(withoutPrivateMembers(data))).toString('base64url'),
  decode: (text: string): unknown => sessionFromJson(Buffer.from(text, 'base64url').toString()),
}

/** koa-session's own deadlines (`_expire`, `_maxAge`) read another clock than ours: they stay out. */
function withoutPrivateMembers(data: object): SessionRecord {
  const entries = Object.entries(data).filter(([name]) => !name.startsWith('_'))
  return Object.fromEntries(entries) as unknown as SessionRecord
}

/** Whether the session could be written: one that was ended meanwhile cannot. */
async function write(
  ctx: RequestWithSession,
  id: string,
  session: SessionRecord,
): Promise<boolean> {
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
