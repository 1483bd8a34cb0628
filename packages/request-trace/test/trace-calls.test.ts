import { describe, expect, test } from 'vitest'
import { RequestTrace } from '../src/request-trace.js'
import {
  describeCommand,
  describeSecretCall,
  describeStatement,
  traceCalls,
} from '../src/trace-calls.js'

/** A port with private state, which a wrapper that copies methods would lose. */
class Counter {
  #count = 0
  readonly name = 'counter'

  add(by: number): number {
    this.#count += by
    return this.#count
  }

  async addLater(by: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return this.add(by)
  }

  fail(): never {
    throw new Error('failed at once')
  }

  async failLater(): Promise<never> {
    throw new Error('failed later')
  }

  get count(): number {
    return this.#count
  }
}

const described = (method: string, args: readonly unknown[]) => ({ operation: method, args })

const setUp = () => {
  const port = new Counter()
  const methods = ['add', 'addLater', 'fail', 'failLater'] as const
  const portFor = traceCalls('redis', port, methods, described)
  const trace = new RequestTrace()
  return { port, portFor, trace, traced: portFor(trace) }
}

describe('traced calls', () => {
  test('cost nothing without a trace: the port itself comes back', () => {
    const { port, portFor } = setUp()
    expect(portFor(undefined)).toBe(port)
  })

  test('give what the port gives, on the state of the port', async () => {
    const { port, traced } = setUp()
    expect(traced.add(2)).toBe(2)
    expect(await traced.addLater(3)).toBe(5)
    expect(port.count).toBe(5)
  })

  test('are recorded with kind, operation, arguments and times', async () => {
    const { traced, trace } = setUp()
    traced.add(2)
    const later = traced.addLater(3)
    expect(trace.calls).toHaveLength(1)
    await later
    expect(trace.calls).toMatchObject([
      { kind: 'redis', operation: 'add', args: [2], failed: false },
      { kind: 'redis', operation: 'addLater', args: [3], failed: false },
    ])
    const [first, second] = trace.calls
    expect(first?.startMs).toBeGreaterThanOrEqual(0)
    expect(second?.startMs).toBeGreaterThanOrEqual(Number(first?.startMs))
    // Node.js may fire a timer a millisecond early.
    expect(second?.durationMs).toBeGreaterThanOrEqual(4)
  })

  test('that fail are recorded as failed, and fail with the same error', async () => {
    const { traced, trace } = setUp()
    expect(() => traced.fail()).toThrow('failed at once')
    await expect(traced.failLater()).rejects.toThrow('failed later')
    expect(trace.calls).toMatchObject([
      { operation: 'fail', failed: true },
      { operation: 'failLater', failed: true },
    ])
  })

  test('go to the trace of their own request, also when two overlap', async () => {
    const { portFor } = setUp()
    const traces = [new RequestTrace(), new RequestTrace()]
    await Promise.all(traces.map((trace, i) => portFor(trace).addLater(i)))
    expect(traces.map((it) => it.calls.map(({ args }) => args))).toStrictEqual([[[0]], [[1]]])
  })

  test('are those of the named methods only', () => {
    const port = new Counter()
    const trace = new RequestTrace()
    const traced = traceCalls('sql', port, ['fail'], described)(trace)
    expect(traced.name).toBe('counter')
    expect(trace.calls).toStrictEqual([])
  })
})

describe('what a trace says of a call', () => {
  test('with a password or key: the name of the method and no argument', () => {
    expect(describeSecretCall('verify', ['canary', 'canary'])).toStrictEqual({
      operation: 'verify',
      args: [],
    })
  })

  test('of a statement: its text in one line, and none of its values', () => {
    const statement = {
      name: 'x',
      text: ' SELECT *\n    FROM users\t WHERE id = $1 ',
      values: ['v'],
    }
    expect(describeStatement('query', [statement])).toStrictEqual({
      operation: 'SELECT * FROM users WHERE id = $1',
      args: [],
    })
  })

  test('of a Redis command: its name as sent, and its arguments in one list', () => {
    expect(describeCommand('get', ['session:1'])).toStrictEqual({
      operation: 'GET',
      args: ['session:1'],
    })
    expect(describeCommand('createSession', [['a', 'b'], 'c'])).toStrictEqual({
      operation: 'EVALSHA createSession',
      args: ['a', 'b', 'c'],
    })
  })
})
