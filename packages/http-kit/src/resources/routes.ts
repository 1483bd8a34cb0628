import type { Router } from '@koa/router'
import type { Admission } from '../admission.js'
import type { Clock, KitContext, KitMiddleware, KitPorts, KitState, NewId } from '../kit-context.js'
import { paths } from '../paths.js'
import { createPost, deletePost, listPosts, showPost } from './posts.js'
import { listUsers, showMe, updateMe } from './users.js'
import { whoami } from './whoami.js'

type DevicesOf<Ports> = Parameters<typeof updateMe<KitContext<Ports & KitPorts>>>[0]

/** What the resources need beside the stores. */
export interface ResourceDeps<Ports> {
  readonly clock: Clock
  readonly newId: NewId
  readonly admit: Admission
  /** The devices that a new password logs out. */
  readonly devicesOf: DevicesOf<Ports>
}

/** The routes that both servers have alike: who is asking, users and posts. `guards` say who is asking, or refuse. */
export function resourceRoutes<Ports extends KitPorts>(
  router: Router<KitState, { ports: Ports }>,
  guards: readonly KitMiddleware<Ports>[],
  { clock, newId, admit, devicesOf }: ResourceDeps<Ports>,
): void {
  router.get(paths.whoami, ...guards, whoami)
  router.get(paths.me, ...guards, showMe)
  router.patch(paths.me, ...guards, updateMe(devicesOf, admit))
  router.get(paths.users, ...guards, listUsers)
  router.get(paths.posts, ...guards, listPosts)
  router.post(paths.posts, ...guards, createPost(clock, newId))
  router.get(paths.post, ...guards, showPost)
  router.delete(paths.post, ...guards, deletePost)
}
