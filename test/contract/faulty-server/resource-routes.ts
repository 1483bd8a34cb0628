import type { Router } from '@koa/router'
import type { Accounts } from './accounts.js'
import { type Post, PostTable } from './posts.js'
import { Problem } from './problem.js'
import { checked, readJson } from './read-json.js'
import {
  accountDeletion,
  pageFrom,
  newPost,
  postsPage,
  profileChange,
  usersPage,
} from './requests.js'
import type { Guard, State } from './require-access-token.js'
import type { Mistakes } from './switchable.js'
import type { Claims } from './tokens.js'
import { type UserRow, userView } from './users.js'

/** What a user has here: a profile, and posts. */
export function resourceRoutes(
  router: Router<State>,
  guard: Guard,
  accounts: Accounts,
  mistakes: Mistakes,
): void {
  const { users } = accounts
  const posts = new PostTable(mistakes)
  const view = userView(mistakes)

  const self = async ({ sub }: Claims): Promise<UserRow> => {
    const user = await users.findById(sub ?? '')
    if (user) return user
    throw new Problem('invalid_credential', { detail: 'This user does not exist.' })
  }
  const postOf = (ctx: { params: Record<string, string>; state: State }): Post => {
    const post = posts.find(String(ctx.params['id']), ctx.state.claims.sub)
    if (post) return post
    throw new Problem('not_found')
  }

  router.get('/users/me', guard, async (ctx) => {
    ctx.body = { user: view(await self(ctx.state.claims)) }
  })

  router.patch('/users/me', guard, async (ctx) => {
    const { nickname, password, currentPassword } = await readJson(ctx.req, profileChange)
    const user = await self(ctx.state.claims)
    if (password !== undefined && currentPassword !== undefined) {
      await accounts.changePassword(user, ctx.state.claims.sid, { currentPassword, password })
    }
    if (nickname !== undefined) await users.rename(user, nickname)
    ctx.body = { user: view(user) }
  })

  router.delete('/users/me', guard, async (ctx) => {
    const { currentPassword } = await readJson(ctx.req, accountDeletion)
    const user = await self(ctx.state.claims)
    await accounts.remove(user, currentPassword)
    posts.removeAllOf(user.id)
    ctx.status = 204
  })

  router.get('/users', guard, async (ctx) => {
    const { limit, after } = checked(ctx.query, usersPage)
    const found = await users.listAfter(after)
    const { page, nextCursor } = pageFrom(found, limit, (it) => it.nickname)
    ctx.body = { users: page, nextCursor }
  })

  router.get('/posts', guard, (ctx) => {
    const { limit, after } = checked(ctx.query, postsPage)
    const found = posts.listAfter(ctx.state.claims.sub, after)
    const { page, nextCursor } = pageFrom(found, limit, (it) => String(it.number))
    ctx.body = { posts: page.map(postView), nextCursor }
  })

  router.post('/posts', guard, async (ctx) => {
    const { title, body } = await readJson(ctx.req, newPost)
    const { id } = await self(ctx.state.claims)
    const post = posts.add(id, title, body)
    ctx.status = 201
    ctx.set('Location', `/posts/${post.id}`)
    ctx.body = { post: postView(post) }
  })

  router.get('/posts/:id', guard, (ctx) => {
    ctx.body = { post: postView(postOf(ctx)) }
  })

  router.delete('/posts/:id', guard, (ctx) => {
    posts.remove(postOf(ctx))
    ctx.status = 204
  })
}

function postView({ id, title, body, createdAt }: Post): object {
  return { id, title, body, createdAt }
}
