import type { Router } from '@koa/router'
import { paths } from '@session-vs-jwt/http-contract'
import type { Clock } from '../clock.js'
import type { NewId } from '../new-id.js'
import type {
  RequestContext,
  RequestMiddleware,
  RequestPorts,
  RequestState,
} from '../request-context.js'
import { createPost, deletePost, listPosts, showPost } from './posts.js'
import { type AccountDeps, deleteMe, listUsers, showMe, updateMe } from './users.js'
import { whoami } from './whoami.js'

/** What the resources need beside the stores. */
export interface ResourceDeps<Ports> extends AccountDeps<RequestContext<Ports & RequestPorts>> {
  readonly clock: Clock
  readonly newId: NewId
}

/** The routes that both servers have alike: who is asking, users and posts. `guards` say who is asking, or refuse. */
export function resourceRoutes<Ports extends RequestPorts>(
  router: Router<RequestState, { ports: Ports }>,
  guards: readonly RequestMiddleware<Ports>[],
  deps: ResourceDeps<Ports>,
): void {
  const { clock, newId } = deps
  router.get(paths.whoami, ...guards, whoami)
  router.get(paths.me, ...guards, showMe)
  router.patch(paths.me, ...guards, updateMe(deps))
  router.delete(paths.me, ...guards, deleteMe(deps))
  router.get(paths.users, ...guards, listUsers)
  router.get(paths.posts, ...guards, listPosts)
  router.post(paths.posts, ...guards, createPost(clock, newId))
  router.get(paths.post, ...guards, showPost)
  router.delete(paths.post, ...guards, deletePost)
}
