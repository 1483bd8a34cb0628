import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { fullLoad } from '../load/full-load.js'
import type { LoadOrder } from '../load/load-order.js'
import { pacedLoad } from '../load/paced-load.js'

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const started = (server = createServer(listener))
  await new Promise<void>((resolve) => void started.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`
}

/** Ten users, each of whom must get the answer that is for them. */
function order(origin: string, rest: Partial<LoadOrder> = {}): LoadOrder {
  const requests = Array.from({ length: 10 }, (_, i) => ({
    method: 'GET' as const,
    path: '/',
    headers: { user: String(i) },
    expected: { status: 200, body: `you are ${i}` },
  }))
  // A full load ends after so many requests, on a busy machine too.
  return { origin, requests, connections: 4, seconds: 0.3, amount: 100, ...rest }
}

const truthful: RequestListener = (request, response) => {
  response.end(`you are ${String(request.headers['user'])}`)
}

describe.each([
  ['full', (it: LoadOrder) => fullLoad(it)],
  ['paced', (it: LoadOrder) => pacedLoad({ ...it, rate: 200 })],
])('a %s load', (_name, load) => {
  it('finds no fault with the right answers', async () => {
    const users = new Set<unknown>()
    const origin = await serve((request, response) => {
      users.add(request.headers['user'])
      truthful(request, response)
    })
    const report = await load(order(origin))
    expect(report.wrong).toBe(0)
    expect(report.answers).toBeGreaterThan(10)
    expect(users.size).toBe(10)
  })

  it('counts an answer that is for another user', async () => {
    let answered = 0
    const origin = await serve((request, response) => {
      answered += 1
      if (answered === 20) response.end('you are somebody else')
      else truthful(request, response)
    })
    const report = await load(order(origin))
    expect(report.wrong).toBe(1)
    expect(report.wrongExample).toContain('you are somebody else')
  })

  it('counts a status that is not the expected one, and a connection that breaks', async () => {
    const origin = await serve((_request, response) => {
      response.statusCode = 201
      response.end()
    })
    expect((await load(order(origin))).wrong).toBeGreaterThan(10)
    server?.closeAllConnections()
    server?.close()
    const broken = await serve((request) => void request.socket.destroy())
    expect((await load(order(broken))).wrong).toBeGreaterThan(0)
  })
})

describe('a paced load', () => {
  it('counts the time for which a request had to wait, also where the server stood still', async () => {
    let standsStill = true
    const origin = await serve((request, response) => {
      if (!standsStill) return truthful(request, response)
      setTimeout(() => {
        standsStill = false
        truthful(request, response)
      }, 400)
    })
    const paced = await pacedLoad({ ...order(origin), connections: 1, seconds: 1, rate: 100 })
    expect(paced.answers).toBe(100)
    // 40 of 100 were due while nothing was answered: a client that waits would have seen one.
    expect(paced.latency.p90).toBeGreaterThan(200)
  })
})
