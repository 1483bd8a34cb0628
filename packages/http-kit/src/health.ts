import type { Middleware } from 'koa'

/** Something without which the server cannot do its work. */
export interface Dependency {
  readonly name: string
  readonly ping: () => Promise<unknown>
}

interface WithDependencies {
  ports: { readonly dependencies: readonly Dependency[] }
}

/** `GET /health/live`: the process answers. Asks nothing else. */
export const live: Middleware = (ctx) => {
  ctx.body = { status: 'live' }
}

/** `GET /health/ready`: whether new requests are welcome. Asks every store; `draining` says no to all. */
export function ready(draining: () => boolean): Middleware<object, WithDependencies> {
  return async (ctx) => {
    const { dependencies } = ctx.ports
    const entries = await Promise.all(dependencies.map(async (it) => [it.name, await up(it)]))
    const isReady = !draining() && entries.every(([, state]) => state === 'up')
    ctx.status = isReady ? 200 : 503
    if (!isReady) ctx.set('Retry-After', '2')
    ctx.body = {
      status: draining() ? 'draining' : isReady ? 'ready' : 'unready',
      dependencies: Object.fromEntries(entries),
    }
  }
}

async function up(dependency: Dependency): Promise<'up' | 'down'> {
  try {
    await dependency.ping()
    return 'up'
  } catch {
    return 'down'
  }
}
