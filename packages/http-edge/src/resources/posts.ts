import type { Post } from '@session-vs-jwt/posts'
import {
  newPostRequest,
  type PageQuery,
  pageQuery,
  paths,
  Problem,
  uuidSchema,
} from '@session-vs-jwt/http-contract'
import type { Clock } from '../clock.js'
import type { NewId } from '../new-id.js'
import { identityOf, type RequestContext } from '../request-context.js'
import { unknownUser } from '../problem-details.js'
import { checked, readJson } from '../read-json.js'
import { onePage } from './page.js'

type WithId = RequestContext & { params: Record<string, string> }

function postView({ id, title, body, createdAt }: Post): Record<string, string> {
  return { id, title, body, createdAt: createdAt.toISOString() }
}

/** `GET /posts` */
export async function listPosts(ctx: RequestContext): Promise<void> {
  const query = checked(ctx.query, pageQuery(uuidSchema))
  const list = (page: PageQuery) => ctx.ports.posts.list(identityOf(ctx).userId, page)
  const { rows, nextCursor } = await onePage(query, list, ({ id }) => id)
  ctx.body = { posts: rows.map(postView), nextCursor }
}

/** `POST /posts` */
export function createPost(clock: Clock, newId: NewId): (ctx: RequestContext) => Promise<void> {
  return async (ctx) => {
    const { title, body } = await readJson(ctx.req, newPostRequest)
    const { userId } = identityOf(ctx)
    const post: Post = { id: newId(), authorId: userId, title, body, createdAt: clock() }
    if (!(await ctx.ports.posts.add(post))) throw unknownUser()
    ctx.status = 201
    ctx.set('Location', `${paths.posts}/${post.id}`)
    ctx.body = { post: postView(post) }
  }
}

/** `GET /posts/:id`: somebody else's post answers as one that does not exist. */
export async function showPost(ctx: WithId): Promise<void> {
  const post = await ctx.ports.posts.find(identityOf(ctx).userId, postId(ctx))
  if (!post) throw new Problem('not_found')
  ctx.body = { post: postView(post) }
}

/** `DELETE /posts/:id` */
export async function deletePost(ctx: WithId): Promise<void> {
  const removed = await ctx.ports.posts.remove(identityOf(ctx).userId, postId(ctx))
  if (!removed) throw new Problem('not_found')
  ctx.status = 204
}

/** @throws {Problem} `not_found`: what is no id names no post */
function postId(ctx: WithId): string {
  const id = uuidSchema.safeParse(ctx.params['id'])
  if (!id.success) throw new Problem('not_found')
  return id.data
}
