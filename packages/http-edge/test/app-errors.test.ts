import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import Koa, { type Middleware } from 'koa'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Logger } from 'pino'
import { logAppErrors } from '../src/app-errors.js'

/** Starts an app that runs `middleware`, and returns its port and its logger. */
async function start(middleware: Middleware) {
  const logger = { debug: vi.fn(), error: vi.fn() }
  const app = new Koa().use(middleware).on('error', logAppErrors(logger as unknown as Logger))
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { logger, port: (server.address() as AddressInfo).port }
}

test('a client that disconnects before its answer is not logged as an error', async () => {
  const stderr = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  onTestFinished(() => stderr.mockRestore())
  const { logger, port } = await start(async (ctx) => {
    const closed = once(ctx.req.socket, 'close').catch(() => undefined)
    client.resetAndDestroy()
    await closed
    ctx.body = 'too late'
  })
  const client = connect(port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await vi.waitFor(() => expect(logger.debug).toHaveBeenCalled(), 120_000)
  expect(logger.debug).toHaveBeenCalledWith({ code: 'ECONNRESET' }, 'client disconnected')
  expect(logger.error).not.toHaveBeenCalled()
  expect(stderr).not.toHaveBeenCalled()
})

test('an uncaught error is logged with its stack, and not printed', async () => {
  const stderr = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  onTestFinished(() => stderr.mockRestore())
  const error = new Error('a bug')
  const { logger, port } = await start(() => {
    throw error
  })
  const answer = await fetch(`http://127.0.0.1:${port}`)
  expect([answer.status, await answer.text()]).toEqual([500, 'Internal Server Error'])
  expect(logger.error).toHaveBeenCalledWith({ err: error }, 'unexpected error')
  expect(stderr).not.toHaveBeenCalled()
})
