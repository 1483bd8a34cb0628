import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { chainLoad } from '../load/chain-load.js'
import { fullLoad } from '../load/full-load.js'
import { LatencyHistogram } from '../load/latency-histogram.js'
import type { LoadOrder, LoadOutcome } from '../load/load-order.js'
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

/** Ways to lose a request. */
const losing: Readonly<Record<string, RequestListener>> = {
  'is dropped before the answer': (request) => void request.socket.destroy(),
  'is reset before the answer': (request) => void request.socket.resetAndDestroy(),
  'gets half an answer': (request, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('you are', () => request.socket.end())
  },
  'gets half a head': (request) => void request.socket.end('HTTP/1.1 200 OK\r\ncontent-le'),
  'gets no answer in time': () => undefined,
}

/** Loses every second of the requests that `listener` would answer. */
function everySecond(lose: RequestListener, listener: RequestListener): RequestListener {
  let asked = 0
  return (request, response) => {
    asked += 1
    if (asked % 2 === 0) lose(request, response)
    else listener(request, response)
  }
}

const EIGHT: Partial<LoadOrder> = { amount: 8, answerWithin: 1 }

describe.each(Object.entries(losing))('a request that %s', (how, lose) => {
  it('counts as lost in a full load, the last of a connection too', async () => {
    const origin = await serve(everySecond(lose, truthful))
    const report = await fullLoad(order(origin, EIGHT))
    expect(report).toMatchObject({ answers: 4, wrong: 4, lost: 4 })
    expect(report.wrongExample).toMatch(/^no answer: ./)
  })

  it('counts as lost in a full load that ends by time', async () => {
    let lost = 0
    const listener: RequestListener = (request, response) => {
      if (lost === 4) return truthful(request, response)
      lost += 1
      lose(request, response)
    }
    const origin = await serve(listener)
    const seconds = how.endsWith('in time') ? 3 : 0.5
    const { amount: _, ...byTime } = order(origin, { seconds, answerWithin: 1 })
    const report = await fullLoad(byTime)
    expect(report).toMatchObject({ wrong: 4, lost: 4 })
    expect(report.answers).toBeGreaterThan(0)
  })

  it('counts as lost in a paced load', async () => {
    const origin = await serve(everySecond(lose, truthful))
    const report = await pacedLoad({ ...order(origin, EIGHT), seconds: 0.8, rate: 10 })
    expect(report).toMatchObject({ answers: 4, wrong: 4, lost: 4 })
  })

  it('counts as lost in a chain, which ends with it', async () => {
    const rotated: RequestListener = (_request, response) => {
      response.end(JSON.stringify({ refreshToken: 'next' }))
    }
    const origin = await serve(everySecond(lose, rotated))
    const report = await chainLoad(rotations(origin, { ...EIGHT, connections: 1 }))
    expect(report).toMatchObject({ answers: 1, wrong: 1, lost: 1 })
  })
})

describe('where nobody listens', () => {
  const loads: Readonly<Record<string, (it: LoadOrder) => Promise<LoadOutcome>>> = {
    full: fullLoad,
    paced: (it) => pacedLoad({ ...it, seconds: 0.8, rate: 10 }),
    chain: (it) => chainLoad({ ...it, connections: 8 }),
  }

  it.each(Object.entries(loads))('all of a %s load is lost', async (_name, load) => {
    const origin = await serve(truthful)
    await new Promise((resolve) => server?.close(resolve))
    const report = await load(order(origin, EIGHT))
    expect(report).toMatchObject({ answers: 0, wrong: 8, lost: 8 })
    expect(report.wrongExample).toContain('ECONNREFUSED')
  })
})

describe('a chain', () => {
  it('counts an answer that it cannot read as wrong, and not as lost', async () => {
    const origin = await serve((_request, response) => void response.end('ok'))
    const report = await chainLoad(rotations(origin, { connections: 1 }))
    expect(report).toMatchObject({ answers: 1, wrong: 1, lost: 0 })
  })
})

/** Requests whose answers may say anything. */
function rotations(origin: string, rest: Partial<LoadOrder>): LoadOrder {
  const { requests, ...others } = order(origin, rest)
  return { ...others, requests: requests.map((it) => ({ ...it, expected: { status: 200 } })) }
}

describe('a percentile', () => {
  const of = (answers: number) => {
    const histogram = new LatencyHistogram()
    for (let ms = 1; ms <= answers; ms += 1) histogram.record(ms)
    return histogram.latency()
  }

  it.each([
    ['p50', 20],
    ['p90', 100],
    ['p99', 1_000],
    ['p999', 10_000],
  ] as const)('%s needs %i answers: ten lie beyond it', (percentile, needed) => {
    expect(of(needed - 1)[percentile]).toBeUndefined()
    expect(of(needed)[percentile]).toBeCloseTo(needed - 10, -Math.log10(needed))
  })

  it('of eight logins is not published', async () => {
    const origin = await serve(truthful)
    const { latency } = await fullLoad(order(origin, EIGHT))
    expect(latency).toEqual({ max: expect.any(Number) })
    expect(of(0)).toEqual({})
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
