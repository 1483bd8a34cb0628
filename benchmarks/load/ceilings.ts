import { fileURLToPath } from 'node:url'
import { RunningProgram } from '@session-vs-jwt/workbench'
import { ceilingAnswer } from './ceiling-answer.js'
import type { LoadGenerator } from './load-generator.js'
import type { LoadReport } from './load-order.js'

/** A result from here on up says more about the generator than about the server. */
const NEAR = 0.9
/** The same of a generator that hardly rested. */
const BUSY = 0.95

const program = fileURLToPath(new URL('ceiling-server.js', import.meta.url))

/** What it takes to measure them. */
export interface CeilingsBench {
  readonly generator: LoadGenerator
  readonly settings: { readonly seconds: number; readonly warmUpRequests: number }
  readonly place: {
    readonly machineEnv: Readonly<Record<string, string>>
    readonly signal: AbortSignal
  }
  nextLog(name: string): string
}

/**
 * How much the load generator gets through, measured with a server that does nothing: it reads no
 * request and sends the same bytes each time.
 */
export class Ceilings {
  readonly #bench: CeilingsBench
  readonly #perSecond = new Map<number, Promise<number>>()
  readonly #measured = new Map<number, number>()

  constructor(bench: CeilingsBench) {
    this.#bench = bench
  }

  /** Measured when it is first wanted. */
  async at(connections: number): Promise<number> {
    const known = this.#perSecond.get(connections) ?? this.#measure(connections)
    this.#perSecond.set(connections, known)
    return known
  }

  async isNear(report: LoadReport, connections: number): Promise<boolean> {
    const perSecond = report.answers / report.seconds
    const { generatorBusy = 0 } = report
    return generatorBusy > BUSY || perSecond > NEAR * (await this.at(connections))
  }

  /** Requests a second, by connections. */
  measured(): Record<string, number> {
    return Object.fromEntries(this.#measured)
  }

  async #measure(connections: number): Promise<number> {
    const { place, generator, settings } = this.#bench
    const log = this.#bench.nextLog('ceiling')
    const env = place.machineEnv
    const server = await RunningProgram.run({ name: 'server of nothing', program, env, log })
    try {
      const requests = [ceilingAnswer.request]
      const { seconds } = settings
      const order = { origin: server.url, requests, connections, seconds, awake: true } as const
      await generator.run({ ...order, amount: settings.warmUpRequests }, place.signal)
      const report = await generator.run(order, place.signal)
      const perSecond = report.answers / report.seconds
      this.#measured.set(connections, perSecond)
      return perSecond
    } finally {
      await server.kill()
    }
  }
}
