import type { TraceEvent } from '@session-vs-jwt/request-trace'
import { CHECK_USER_AGENT } from '@session-vs-jwt/services'
import type { ServerKind } from '../strategy.js'
import type { ServerExit } from './running-program.js'
import { RunningServer, type ServerCommand } from './running-server.js'

type RequestListener = (event: TraceEvent, instance: Instance) => void
type LossListener = (exit: ServerExit, instance: Instance) => void

/** A server process with a name and a port of its own, which can be started again. */
export class Instance {
  readonly name: string
  #command: ServerCommand
  /** How far its clock is ahead of the machine's; each new process is told. */
  #aheadMs = 0
  readonly #onRequest: RequestListener[] = []
  readonly #onLoss: LossListener[] = []
  #process: RunningServer
  #isRunning = true
  /** What was asked for last; the next waits for it. */
  #work: Promise<unknown> = Promise.resolve()
  #isStopped = false

  private constructor(name: string, command: ServerCommand, process: RunningServer) {
    this.name = name
    this.#command = command
    this.#process = process
    this.#watch(process)
  }

  /** @throws {WorkbenchError} as `RunningServer.start` */
  static async start(name: string, command: ServerCommand): Promise<Instance> {
    return new Instance(name, command, await RunningServer.start(command))
  }

  /** Another process like this one, on a free port, with a log of its own. */
  async copy(name: string): Promise<Instance> {
    const { env, log } = this.#command
    const command = { ...this.#command, env: { ...env, PORT: '0' }, log: `${log}.${name}` }
    const copy = await Instance.start(name, command)
    copy.setClock(this.#aheadMs)
    return copy
  }

  get server(): ServerKind {
    return this.#command.server
  }

  get url(): string {
    return this.#process.url
  }

  get pid(): number {
    return this.#process.pid
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Calls `listener` with the trace of each request of a client, over restarts too. */
  onRequest(listener: RequestListener): void {
    this.#onRequest.push(listener)
  }

  /** Calls `listener` when the process ends and nobody here wanted that. */
  onLoss(listener: LossListener): void {
    this.#onLoss.push(listener)
  }

  /**
   * Lets the process finish what it does, and starts another one on the same port; only starts one
   * where there is none any more. Does nothing once `stop` was called. `env` changes its settings
   * from now on.
   *
   * @throws {WorkbenchError} if the new one does not start: there is none then
   */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#next(async () => {
      if (this.#isStopped) return
      this.#command = { ...this.#command, env: { ...this.#command.env, ...env } }
      await this.#leave()
      this.#process = await RunningServer.start(this.#command)
      this.#isRunning = true
      if (this.#aheadMs !== 0) this.#process.setClock(this.#aheadMs)
      this.#watch(this.#process)
    })
  }

  /** Moves the clock of this process and of its successors. */
  setClock(aheadMs: number): void {
    this.#aheadMs = aheadMs
    if (this.#isRunning) this.#process.setClock(aheadMs)
  }

  /** Lets the process finish what it does; it is not started again. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#next(async () => this.#leave())
  }

  /** SIGKILL, as in a crash that somebody wanted. */
  async kill(): Promise<void> {
    this.#isRunning = false
    await this.#process.kill()
  }

  /** The end of the process's log. */
  lastWords(): string {
    return this.#process.lastWords()
  }

  async #leave(): Promise<void> {
    this.#isRunning = false
    await this.#process.stop()
  }

  async #next(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    await done
  }

  async #tellLoss(process: RunningServer): Promise<void> {
    const exit = await process.exited
    // Whoever asked it to leave has said so before.
    if (!this.#isRunning) return
    this.#isRunning = false
    for (const listener of this.#onLoss) listener(exit, this)
  }

  #watch(process: RunningServer): void {
    process.onRequest((event) => {
      // The balancer's questions for health are none of a client's.
      if (event.requestHeaders['user-agent'] === CHECK_USER_AGENT) return
      for (const listener of this.#onRequest) listener(event, this)
    })
    void this.#tellLoss(process)
  }
}
