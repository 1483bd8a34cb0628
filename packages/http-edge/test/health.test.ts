import type { Context } from 'koa'
import { describe, expect, test, vi } from 'vitest'
import type { Logger } from 'pino'
import { live, ready } from '../src/health.js'

const UP = async (): Promise<void> => undefined
const DOWN = async (): Promise<void> => Promise.reject(new Error('canary'))

type Ready = ReturnType<typeof ready>

const newLogger = () => ({ info: vi.fn(), warn: vi.fn() })

async function askReady(
  postgres: () => Promise<void>,
  redis = UP,
  draining = false,
  middleware: Ready = ready(() => draining, newLogger() as unknown as Logger),
) {
  const set = vi.fn()
  const dependencies = [
    { name: 'postgres', ping: postgres },
    { name: 'redis', ping: redis },
  ]
  const ctx = { status: 404, body: undefined, set, ports: { dependencies } }
  await middleware(ctx as never, async () => undefined)
  return { status: ctx.status, body: ctx.body, headers: set.mock.calls }
}

describe('readiness', () => {
  test('is 200 when every store answers', async () => {
    expect(await askReady(UP)).toStrictEqual({
      status: 200,
      body: { status: 'ready', dependencies: { postgres: 'up', redis: 'up' } },
      headers: [],
    })
  })

  test('is 503 with Retry-After when one does not, and tells which, not why', async () => {
    expect(await askReady(UP, DOWN)).toStrictEqual({
      status: 503,
      body: { status: 'unready', dependencies: { postgres: 'up', redis: 'down' } },
      headers: [['Retry-After', '2']],
    })
  })

  test('logs what to fix when a store fails, and again only when that changes', async () => {
    const logger = newLogger()
    const middleware = ready(() => false, logger as unknown as Logger)
    const err = new Error('NOPERM this user has no permissions')
    const refused = async (): Promise<void> => Promise.reject(err)
    await askReady(UP, refused, false, middleware)
    await askReady(UP, refused, false, middleware)
    const fix = expect.stringContaining('ACL')
    expect(logger.warn.mock.calls).toStrictEqual([[{ err, store: 'redis', fix }, 'not ready']])
    await askReady(UP, UP, false, middleware)
    await askReady(UP, UP, false, middleware)
    expect(logger.info.mock.calls).toStrictEqual([[{ store: 'redis' }, 'ready again']])
    await askReady(UP, refused, false, middleware)
    expect(logger.warn).toHaveBeenCalledTimes(2)
  })

  test('is 503 while the server goes down', async () => {
    expect(await askReady(UP, UP, true)).toMatchObject({
      status: 503,
      body: { status: 'draining' },
    })
  })
})

describe('liveness', () => {
  test('asks no store', async () => {
    const ctx = {} as Context
    await live(ctx, async () => undefined)
    expect(ctx.body).toStrictEqual({ status: 'live' })
  })
})
