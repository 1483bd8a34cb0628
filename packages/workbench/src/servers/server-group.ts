import type { TraceEvent } from '@session-vs-jwt/request-trace'
import type { ServerKind } from '../strategy.js'
import type { Instance } from './instance.js'
import type { ServerExit } from './running-program.js'

/** One server, as its clients see it: one instance, or several behind a balancer. */
export class ServerGroup {
  readonly server: ServerKind
  /** Where clients ask. */
  readonly url: string
  readonly instances: readonly Instance[]
  /** Resolves when the last instance has ended by itself: which that was, and how it did. */
  readonly lost: Promise<{ readonly exit: ServerExit; readonly instance: Instance }>

  constructor(server: ServerKind, url: string, instances: readonly Instance[]) {
    this.server = server
    this.url = url
    this.instances = instances
    this.lost = new Promise((resolve) => {
      this.onLoss((exit, instance) => {
        if (instances.every((it) => !it.isRunning)) resolve({ exit, instance })
      })
    })
  }

  /** Waits for instances that start side by side. If one fails, the others are stopped. */
  static async start(
    server: ServerKind,
    url: string,
    starting: readonly Promise<Instance>[],
  ): Promise<ServerGroup> {
    const outcomes = await Promise.allSettled(starting)
    const started = outcomes.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []))
    const failure = outcomes.find((it) => it.status === 'rejected')
    if (!failure) return new ServerGroup(server, url, started)
    await Promise.all(started.map((it) => it.kill()))
    throw failure.reason
  }

  /** Calls `listener` with the trace of each request, and the instance that answered it. */
  onRequest(listener: (event: TraceEvent, instance: Instance) => void): void {
    for (const instance of this.instances) instance.onRequest(listener)
  }

  /** Calls `listener` when an instance ends and nobody here wanted that. */
  onLoss(listener: (exit: ServerExit, instance: Instance) => void): void {
    for (const instance of this.instances) instance.onLoss(listener)
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map((it) => it.stop()))
  }

  async kill(): Promise<void> {
    await Promise.all(this.instances.map((it) => it.kill()))
  }
}
