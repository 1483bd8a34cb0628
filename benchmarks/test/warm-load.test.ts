import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { chainLoad } from '../load/chain-load.js'
import { fullLoad } from '../load/full-load.js'
import type { LoadGenerator } from '../load/load-generator.js'
import type { LoadOrder, LoadRequest, OnCounting } from '../load/load-order.js'
import { pacedLoad } from '../load/paced-load.js'
import type { Bench } from '../runner/bench.js'
import { allRight, type Load, type Loaded, warmedUp } from '../subjects/warm-load.js'

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener): Promise<Loaded> {
  const started = (server = createServer(listener))
  await new Promise<void>((resolve) => void started.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(started.address() as AddressInfo).port}`
  return { url, whileAlive: (work) => work }
}

/** Sends its loads from this process, and keeps their orders. */
function benchWith(orders: LoadOrder[] = []): Bench {
  const run = async (order: LoadOrder, _signal: AbortSignal, onCounting?: OnCounting) => {
    orders.push(order)
    if (order.chain) return chainLoad(order, onCounting)
    const { rate } = order
    return rate === undefined ? fullLoad(order, onCounting) : pacedLoad({ ...order, rate })
  }
  const generator = { run } as unknown as LoadGenerator
  const settings = { warmUpRequests: 100 }
  return { settings, generator, signal: new AbortController().signal } as unknown as Bench
}

const asked: LoadRequest = {
  method: 'GET',
  path: '/',
  headers: { authorization: 'Bearer a' },
  expected: { status: 200 },
}
const load: Load = { requests: () => [asked], connections: 2, seconds: 0.1 }

it('warms a server up before it measures requests of a kind for the first time', async () => {
  const loaded = await serve((_request, response) => response.end())
  const orders: LoadOrder[] = []
  const bench = benchWith(orders)
  for (const path of ['/', '/', '/other']) {
    const send = await warmedUp(bench, loaded, { ...load, requests: () => [{ ...asked, path }] })
    expect(allRight(await send()).answers).toBeGreaterThan(0)
  }
  const amounts = orders.map(({ amount }) => amount)
  expect(amounts).toEqual([100, undefined, undefined, 100, undefined])
})

it('sends the warm-up of a paced load as fast as it can', async () => {
  const loaded = await serve((_request, response) => response.end())
  const orders: LoadOrder[] = []
  const send = await warmedUp(benchWith(orders), loaded, { ...load, rate: 50 })
  await send()
  expect(orders.map(({ rate, amount }) => ({ rate, amount }))).toEqual([
    { rate: undefined, amount: 100 },
    { rate: 50, amount: undefined },
  ])
})

it.each<[string, Partial<LoadRequest>]>([
  ['another path', { path: '/other' }],
  ['another method', { method: 'POST' }],
  ['another header', { headers: { cookie: 'sid=a' } }],
  ['another scheme', { headers: { authorization: 'Basic a' } }],
  ['a body', { body: '{}' }],
])('refuses to measure requests with %s than those that warmed up', async (_what, change) => {
  const loaded = await serve((_request, response) => response.end())
  const given = [asked, { ...asked, ...change }]
  const requests = (): LoadRequest[] => given.splice(0, 1)
  const warming = warmedUp(benchWith(), loaded, { ...load, requests })
  await expect(warming).rejects.toThrow(/would be warmed up with .+, but .+ is measured/)
})

it('asks for as many new requests as the load can use up, and finds fault with a repeated one', async () => {
  const loaded = await serve((_request, response) => response.end())
  const counts: number[] = []
  const enough = (count: number): LoadRequest[] => {
    counts.push(count)
    return Array.from({ length: count }, () => asked)
  }
  const once: Load = { ...load, neverTwice: true, requests: enough }
  const report = await (await warmedUp(benchWith(), loaded, once))()
  expect(report.wrong).toBe(0)
  expect(counts[1]).toBe(100)
  expect(counts[0]).toBeGreaterThan(report.answers)

  const few: Load = { ...once, requests: (count) => enough(count === 100 ? count : 2) }
  const repeated = await (await warmedUp(benchWith(), { ...loaded }, few))()
  expect(() => allRight(repeated)).toThrow('no request was left that is new')
})

it('refuses a warm-up with repeated requests for a measurement with new ones', async () => {
  const loaded = await serve((_request, response) => response.end())
  const enough = (count: number): LoadRequest[] => Array.from({ length: count }, () => asked)
  const requests = (count: number): LoadRequest[] => enough(count === 100 ? 2 : count)
  const remembered: Load = { ...load, neverTwice: true, requests }
  const warming = warmedUp(benchWith(), loaded, remembered)
  await expect(warming).rejects.toThrow('no request was left that is new')
})

it('takes no warm-up for one that was not answered as expected', async () => {
  let answered = 0
  const loaded = await serve((_request, response) => {
    answered += 1
    response.writeHead(answered === 50 ? 503 : 200).end('{}')
  })
  const refused = /did not get the expected answer, such as: 503/
  await expect(warmedUp(benchWith(), loaded, load)).rejects.toThrow(refused)
  answered = 0
  await expect(warmedUp(benchWith(), loaded, { ...load, chain: true })).rejects.toThrow(refused)
  answered = 0
  await expect(warmedUp(benchWith(), loaded, { ...load, mayRefuse: true })).resolves.toBeDefined()
})

it.each(['full load', 'chain'])('counts a %s from when its connections are open', async (kind) => {
  let sent = 0
  const loaded = await serve((_request, response) => {
    sent += 1
    response.end('{}')
  })
  const bench = benchWith()
  const timed: Load = { ...load, ...(kind === 'chain' && { chain: true }) }
  const send = await warmedUp(bench, loaded, { ...timed, connections: 1 })
  sent = 0
  let sentBefore = 0
  const { answers, seconds } = allRight(await send(() => (sentBefore = sent)))
  expect(sentBefore).toBeGreaterThan(0)
  expect(Math.abs(sent - sentBefore - answers)).toBeLessThanOrEqual(2)
  expect(seconds).toBeLessThan(0.2)
})
