import { changePassword, deleteAccount, type DeviceStore, type User } from '@session-vs-jwt/users'
import {
  deleteMeRequest,
  nicknameSchema,
  type PageQuery,
  pageQuery,
  updateMeRequest,
} from '@session-vs-jwt/http-contract'
import type { Admission } from '../admission.js'
import { identityOf, type RequestContext } from '../request-context.js'
import { unknownUser } from '../problem-details.js'
import { checked, readJson } from '../read-json.js'
import { onePage } from './page.js'

/** A user as the contract shows it to its owner. */
export function userView({ id, nickname, email, createdAt }: User): Record<string, string> {
  return { id, nickname, email, createdAt: createdAt.toISOString() }
}

/** `GET /users/me` */
export async function showMe(ctx: RequestContext): Promise<void> {
  const user = await ctx.ports.users.findById(identityOf(ctx).userId)
  ctx.body = { user: userView(existing(user)) }
}

/** What handlers of a user's own account need from a server. */
export interface AccountDeps<Context> {
  readonly admit: Admission
  /** The logins that the server keeps; undefined where it keeps none. */
  readonly devicesOf: (ctx: Context) => DeviceStore | undefined
  /** Takes the credential back from the client, where a server can do that. */
  readonly clearCredential: (ctx: Context) => void
}

/** `PATCH /users/me`: a new password logs out the user's other devices, where a store knows them. */
export function updateMe<Context extends RequestContext>({
  admit,
  devicesOf,
}: AccountDeps<Context>): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const { userId, deviceId } = identityOf(ctx)
    const { nickname, password, currentPassword } = await readJson(ctx.req, updateMeRequest)
    let user: User | undefined
    if (password !== undefined && currentPassword !== undefined) {
      const change = { userId, password, currentPassword }
      const store = devicesOf(ctx)
      const others = store && { store, keptDevice: deviceId }
      user = await admit(ctx, (signal) => changePassword(change, ctx.ports, others, signal))
    }
    if (nickname !== undefined) user = await ctx.ports.users.rename(userId, nickname)
    ctx.body = { user: userView(existing(user)) }
  }
}

/** `DELETE /users/me`: the account, its posts and all its logins are gone. */
export function deleteMe<Context extends RequestContext>({
  admit,
  devicesOf,
  clearCredential,
}: AccountDeps<Context>): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const { userId } = identityOf(ctx)
    const { currentPassword } = await readJson(ctx.req, deleteMeRequest)
    const deletion = { userId, currentPassword }
    const isDeleted = await admit(ctx, (signal) =>
      deleteAccount(deletion, ctx.ports, devicesOf(ctx), signal),
    )
    if (!isDeleted) throw unknownUser()
    clearCredential(ctx)
    ctx.status = 204
  }
}

/** `GET /users` */
export async function listUsers(ctx: RequestContext): Promise<void> {
  const query = checked(ctx.query, pageQuery(nicknameSchema))
  const list = (page: PageQuery) => ctx.ports.users.list(page)
  const { rows, nextCursor } = await onePage(query, list, ({ nickname }) => nickname)
  ctx.body = { users: rows, nextCursor }
}

/** A credential can outlive its user. */
function existing(user: User | undefined): User {
  if (!user) throw unknownUser()
  return user
}
