import { performance } from 'node:perf_hooks'
import type { Context } from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { CALL_KINDS, portsWhenUsed, requestTrace, RequestTrace } from '../src/request-trace.js'

/** A metric of Server-Timing, section 3: a token, and parameters that are a token or quoted string. */
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const METRIC = new RegExp(`^${TOKEN}(?:;${TOKEN}=(?:${TOKEN}|"[^"\\\\]*"))*$`)

const call = (kind: (typeof CALL_KINDS)[number]) => ({
  kind,
  operation: 'any',
  args: [],
  failed: false,
})

describe('the Server-Timing header (W3C Server Timing)', () => {
  test('follows the grammar, with the kinds of calls and the total', () => {
    const metrics = new RequestTrace().serverTiming().split(', ')
    for (const metric of metrics) expect(metric).toMatch(METRIC)
    expect(metrics.map((it) => it.split(';')[0])).toStrictEqual([...CALL_KINDS, 'total'])
  })

  test('counts the calls of each kind and adds up their milliseconds', () => {
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now)
    onTestFinished(() => clock.mockRestore())
    const trace = new RequestTrace()
    trace.record(call('sql'), now - 10)
    trace.record(call('sql'), now - 20)
    trace.record(call('hash'), now - 5)
    const timing = trace.serverTiming()
    expect(timing).toContain('redis;desc="0";dur=0.000')
    expect(timing).toContain('sql;desc="2";dur=30.000')
    expect(timing).toContain('hash;desc="1";dur=5.000')
  })

  test('counts a call that failed', () => {
    const trace = new RequestTrace()
    trace.record({ ...call('redis'), failed: true }, performance.now())
    expect(trace.serverTiming()).toContain('redis;desc="1"')
  })
})

describe('the trace of a request', () => {
  const fakeContext = () => {
    const headers: Record<string, string> = {}
    return {
      method: 'GET',
      path: '/users/me',
      status: 200,
      headers: { authorization: 'Bearer x' },
      response: { headers },
      set: (name: string, value: string) => void (headers[name.toLowerCase()] = value),
    } as unknown as Context & { ports: unknown }
  }
  const pass = async (
    options: Parameters<typeof requestTrace>[0],
    next: (ctx: { ports: unknown }) => void = () => undefined,
  ) => {
    const ctx = fakeContext()
    const middleware = requestTrace(options) as (ctx: unknown, next: unknown) => Promise<void>
    await middleware(ctx, async () => next(ctx))
    return ctx
  }

  test('is made for each request, and reaches its ports', async () => {
    const ports = vi.fn((trace: RequestTrace | undefined) => ({ trace }))
    const first = await pass({ ports, serverTiming: true })
    const second = await pass({ ports, serverTiming: true })
    const traces = ports.mock.results.map((it) => (it.value as { trace: unknown }).trace)
    expect(traces[0]).toBeInstanceOf(RequestTrace)
    expect(traces[1]).not.toBe(traces[0])
    expect([first.ports, second.ports]).toStrictEqual(ports.mock.results.map((it) => it.value))
  })

  test('is not made when nobody wants it: all requests share one set of ports', async () => {
    const ports = vi.fn((trace: RequestTrace | undefined) => ({ trace }))
    const middleware = requestTrace({ ports, serverTiming: false })
    const contexts = [fakeContext(), fakeContext()]
    for (const ctx of contexts) {
      await (middleware as (ctx: unknown, next: unknown) => unknown)(ctx, async () => undefined)
    }
    expect(ports.mock.calls).toStrictEqual([[undefined]])
    expect(contexts[0]?.ports).toBe(contexts[1]?.ports)
    expect(contexts[0]?.response.headers).toStrictEqual({})
  })

  test('is told to the listener when the request has ended, with what was exchanged', async () => {
    const onFinished = vi.fn()
    const ports = (trace: RequestTrace | undefined) => trace
    await pass({ ports, serverTiming: false, onFinished }, (ctx) => {
      expect(onFinished).not.toHaveBeenCalled()
      ;(ctx.ports as RequestTrace).record(call('sql'), performance.now())
    })
    expect(onFinished).toHaveBeenCalledTimes(1)
    const [trace, exchange] = onFinished.mock.calls[0] as [RequestTrace, unknown]
    expect(trace.calls).toHaveLength(1)
    expect(exchange).toStrictEqual({
      method: 'GET',
      path: '/users/me',
      status: 200,
      requestHeaders: { authorization: 'Bearer x' },
      responseHeaders: {},
    })
  })

  test('is sent as Server-Timing if asked for, and the listener sees the header', async () => {
    const onFinished = vi.fn()
    const ctx = await pass({ ports: () => undefined, serverTiming: true, onFinished })
    expect(ctx.response.headers['server-timing']).toMatch(/^sql;desc="0"/)
    expect(onFinished.mock.calls[0]?.[1].responseHeaders).toHaveProperty('server-timing')
    const silent = await pass({ ports: () => undefined, serverTiming: false, onFinished })
    expect(silent.response.headers['server-timing']).toBeUndefined()
  })
})

describe('ports of which a request makes those that it uses', () => {
  const setUp = () => {
    const made: string[] = []
    const maker = (name: string) => (trace: RequestTrace | undefined) => {
      made.push(name)
      return { name, trace }
    }
    return { made, ports: portsWhenUsed({ a: maker('a'), b: maker('b') }) }
  }

  test('are made once for a trace, which they are given', () => {
    const { made, ports } = setUp()
    const trace = new RequestTrace()
    const mine = ports(trace)
    expect(made).toStrictEqual([])
    expect(mine.a).toBe(mine.a)
    expect(mine.a.trace).toBe(trace)
    expect(made).toStrictEqual(['a'])
    expect(ports(new RequestTrace()).a).not.toBe(mine.a)
  })

  test('are those of all requests without a trace', () => {
    const { made, ports } = setUp()
    expect(ports(undefined)).toBe(ports(undefined))
    expect([ports(undefined).b, ports(undefined).b].map(({ trace }) => trace)).toStrictEqual([
      undefined,
      undefined,
    ])
    expect(made).toStrictEqual(['b'])
  })
})
