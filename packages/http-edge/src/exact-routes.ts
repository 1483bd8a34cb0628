import type { Router } from '@koa/router'
import compose from 'koa-compose'
import type { Middleware } from 'koa'

/**
 * The routes of `router`. One without parameters is found by a look at the whole request target, and what
 * it runs is put together once: the router compares a target with every path that it knows, and
 * composes anew each time. All else is the router's (parameters, queries, what no route takes).
 */
export function exactRoutes<State, Context>(
  router: Router<State, Context>,
): Middleware<State, Context> {
  const routes = new Map<string, Middleware<State, Context>>()
  for (const { path, methods, stack } of router.stack) {
    if (typeof path !== 'string' || /[^\w./-]/.test(path)) continue
    const route = compose(stack as Middleware<State, Context>[]) as Middleware<State, Context>
    for (const method of methods) routes.set(`${method} ${path}`, route)
  }
  const others = router.routes() as unknown as Middleware<State, Context>
  const middleware: Middleware<State, Context> = (ctx, next) => {
    const route = routes.get(`${ctx.req.method} ${ctx.req.url}`)
    return route ? route(ctx, next) : others(ctx, next)
  }
  // As on the router's own middleware: an app can be asked for its routes.
  return Object.assign(middleware, { router })
}
