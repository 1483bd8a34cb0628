import type { RequestListener } from 'node:http'
import { Router } from '@koa/router'
import Koa from 'koa'
import { accountRoutes } from './account-routes.js'
import { createAccounts } from './accounts.js'
import { listen, type RunningServer } from './listen.js'
import { type MistakeId, mistakes as known } from './mistakes.js'
import { Problem, problemDetails } from './problem.js'
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

/** The path below which {@link startEachMistake} has the server without a mistake. */
export const CORRECT = 'correct'

/**
 * A server for each mistake, and one without, all on one port: a request for `/split-colon/auth/whoami` is
 * one for `/auth/whoami` at the server that makes `split-colon`. Each has users of its own.
 *
 * @throws {Error} of `net.Server` (`EADDRINUSE`, …)
 */
export async function startEachMistake({
  port = 0,
  bcryptCost = 10,
}: Omit<FaultyServerOptions, 'mistakes'>): Promise<RunningServer> {
  const handlers = new Map<string, RequestListener>()
  for (const { id } of [...known, { id: undefined }]) {
    const app = createApp(new Set(id === undefined ? [] : [id]), bcryptCost)
    handlers.set(id ?? CORRECT, app.callback())
  }
  return listen((request, response) => {
    const [, name = '', rest = ''] = /^\/([^/?]*)(.*)$/.exec(request.url ?? '') ?? []
    request.url = rest === '' ? '/' : rest
    const handler = handlers.get(name) ?? nameless
    handler(request, response)
  }, port)
}

/** Says what paths begin with. */
const nameless: RequestListener = newApp()
  .use(() => {
    const ids = [CORRECT, ...known.map(({ id }) => id)].join(', ')
    throw new Problem('not_found', { detail: `A path begins with one of: ${ids}.` })
  })
  .callback()

function createApp(mistakes: Mistakes, bcryptCost: number): Koa<State> {
  const accounts = createAccounts(mistakes, bcryptCost)
  const guard = requireAccessToken(accounts.tokens)
  const router = new Router<State>({ sensitive: true, strict: true })
  accountRoutes(router, guard, accounts, mistakes)
  resourceRoutes(router, guard, accounts, mistakes)
  router.get('/health/live', (ctx) => void (ctx.body = { status: 'live' }))
  router.get('/health/ready', (ctx) => void (ctx.body = { status: 'ready', dependencies: {} }))

  const app = newApp()
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

function newApp(): Koa<State> {
  const app = new Koa<State>()
  // `problemDetails` reports errors. Koa would only add a stack for every client that disconnects.
  app.silent = true
  app.use(problemDetails)
  return app
}
