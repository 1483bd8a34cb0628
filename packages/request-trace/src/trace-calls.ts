import { performance } from 'node:perf_hooks'
import type { CallKind, RequestTrace } from './request-trace.js'

type Method = (...args: unknown[]) => unknown

/** What a call is named in the trace; its arguments go along unless they are secret. */
export type DescribeCall = (
  method: string,
  args: readonly unknown[],
) => { operation: string; args: readonly unknown[] }

/**
 * Wraps `port` from outside: every call of `methods` is recorded in the trace that the result is given.
 * Without a trace the port itself comes back.
 */
export function traceCalls<Port extends object>(
  kind: CallKind,
  port: Port,
  methods: readonly (keyof Port & string)[],
  describe: DescribeCall,
): (trace: RequestTrace | undefined) => Port {
  class Traced {
    readonly trace: RequestTrace

    constructor(trace: RequestTrace) {
      this.trace = trace
    }
  }
  Object.setPrototypeOf(Traced.prototype, port)
  for (const name of methods) {
    const method = port[name] as Method
    const traced = function (this: Traced, ...args: unknown[]): unknown {
      const startedAt = performance.now()
      const record = (failed: boolean): void => {
        const { operation, args: shown } = describe(name, args)
        this.trace.record({ kind, operation, args: shown, failed }, startedAt)
      }
      return recordOutcome(() => method.apply(port, args), record)
    }
    Object.defineProperty(Traced.prototype, name, { value: traced })
  }
  return (trace) => (trace ? (new Traced(trace) as unknown as Port) : port)
}

/** Calls `record` when `call` has ended, at once or by a promise, well or not. */
function recordOutcome(call: () => unknown, record: (failed: boolean) => void): unknown {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    record(true)
    throw error
  }
  if (!(result instanceof Promise)) {
    record(false)
    return result
  }
  return result.then(
    (value: unknown) => {
      record(false)
      return value
    },
    (error: unknown) => {
      record(true)
      throw error
    },
  )
}

/** For passwords, hashes and signatures: the method's name and nothing of what it was given. */
export const describeSecretCall: DescribeCall = (method) => ({ operation: method, args: [] })

/** A statement as it is sent. Its values are not part of the trace: they may be secret. */
export const describeStatement: DescribeCall = (_method, [statement]) => ({
  operation: inOneLine((statement as { text: string }).text),
  args: [],
})

/** There are some thirty statements. */
const lines = new Map<string, string>()

function inOneLine(text: string): string {
  const known = lines.get(text)
  if (known !== undefined) return known
  const line = text.replaceAll(/\s+/g, ' ').trim()
  lines.set(text, line)
  return line
}

/** A command as it is sent. A defined command, named in camel case, is a script that Redis has. */
export const describeCommand: DescribeCall = (method, args) => ({
  operation: /[A-Z]/.test(method) ? `EVALSHA ${method}` : method.toUpperCase(),
  args: args.flat(),
})
