import { Router } from '@koa/router'
import Koa from 'koa'
import { accountRoutes } from './account-routes.js'
import { createAccounts } from './accounts.js'
import { listen, type RunningServer } from './listen.js'
import type { MistakeId } from './mistakes.js'
import { problemDetails } from './problem.js'
import { requireAccessToken, type State } from './require-access-token.js'
import { resourceRoutes } from './resource-routes.js'
import type { Mistakes } from './switchable.js'

export interface FaultyServerOptions {
  /** Those that it makes; with none it follows the contract. */
  readonly mistakes: readonly MistakeId[]
  /** Any free one by default. */
  readonly port?: number
  /** 10 by default, as tutorials have it. */
  readonly bcryptCost?: number
}

/**
 * A login server as tutorials write it: Koa, jsonwebtoken, bcrypt, users in memory. Every mistake that
 * login tutorials make is a switch.
 *
 * @throws {Error} of `net.Server` (`EADDRINUSE`, …)
 */
export async function startFaultyServer({
  mistakes,
  port = 0,
  bcryptCost = 10,
}: FaultyServerOptions): Promise<RunningServer> {
  return listen(createApp(new Set(mistakes), bcryptCost).callback(), port)
}

function createApp(mistakes: Mistakes, bcryptCost: number): Koa<State> {
  const accounts = createAccounts(mistakes, bcryptCost)
  const guard = requireAccessToken(accounts.tokens)
  const router = new Router<State>({ sensitive: true, strict: true })
  accountRoutes(router, guard, accounts, mistakes)
  resourceRoutes(router, guard, accounts, mistakes)
  router.get('/health/live', (ctx) => void (ctx.body = { status: 'live' }))
  router.get('/health/ready', (ctx) => void (ctx.body = { status: 'ready', dependencies: {} }))

  const app = new Koa<State>()
  app.use(problemDetails)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}
