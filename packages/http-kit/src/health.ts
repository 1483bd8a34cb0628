import type { Middleware } from 'koa'

/** Something without which the server cannot do its work. */
export interface Dependency {
  readonly name: string
  readonly ping: () => Promise<void>
}

export interface Health {
  readonly dependencies: readonly Dependency[]
  /** Whether the server is going down and wants no new requests. */
  readonly draining: () => boolean
}

/** `GET /health/live`: the process answers. Asks nothing else. */
export const live: Middleware = (ctx) => {
  ctx.body = { status: 'live' }
}

/** `GET /health/ready`: whether new requests are welcome. Asks every store. */
export function ready(health: Health): Middleware {
  return async (ctx) => {
    const entries = await Promise.all(
      health.dependencies.map(async (it) => [it.name, await up(it)]),
    )
    const isReady = !health.draining() && entries.every(([, state]) => state === 'up')
    ctx.status = isReady ? 200 : 503
    if (!isReady) ctx.set('Retry-After', '2')
    ctx.body = {
      status: health.draining() ? 'draining' : isReady ? 'ready' : 'unready',
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
