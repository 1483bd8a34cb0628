import { storeFailure } from '@session-vs-jwt/stores'
import type { Middleware } from 'koa'
import type { Logger } from 'pino'

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

/**
 * `GET /health/ready`: whether new requests are welcome. Tries in every store what requests need there;
 * `draining` says no to all. A balancer sends no request to a server that is not ready, so the reason is
 * logged here, when it changes.
 */
export function ready(
  draining: () => boolean,
  logger: Logger,
): Middleware<object, WithDependencies> {
  const logged = new Map<string, State>()
  const up = async (dependency: Dependency): Promise<State> => {
    const { state, error } = await tried(dependency)
    if (state !== (logged.get(dependency.name) ?? 'up')) logState(logger, dependency.name, error)
    logged.set(dependency.name, state)
    return state
  }
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

type State = 'up' | 'down'

async function tried({ ping }: Dependency): Promise<{ state: State; error?: unknown }> {
  try {
    await ping()
    return { state: 'up' }
  } catch (error) {
    return { state: 'down', error }
  }
}

function logState(logger: Logger, store: string, err: unknown): void {
  if (err === undefined) logger.info({ store }, 'ready again')
  else logger.warn({ err, store, fix: storeFailure(err)?.fix }, 'not ready')
}
