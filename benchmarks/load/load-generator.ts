import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadReport, OnCounting } from './load-order.js'

type End = { readonly report: LoadReport } | { readonly error: string }

/** The process that sends the load. */
export class LoadGenerator {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static start(): LoadGenerator {
    const program = fileURLToPath(new URL('generator-process.js', import.meta.url))
    return new LoadGenerator(fork(program, [], { detached: true, execArgv: [] }))
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Sends what `order` says, and tells what came of it. One order at a time. */
  async run(order: LoadOrder, signal: AbortSignal, onCounting?: OnCounting): Promise<LoadReport> {
    signal.throwIfAborted()
    const message = await new Promise<End>((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#child.off('message', onMessage)
        this.#child.off('exit', onExit)
        signal.removeEventListener('abort', onAbort)
        act()
      }
      const onMessage = (it: End | { counting: true }): void => {
        if ('counting' in it) onCounting?.()
        else settle(() => resolve(it))
      }
      const onExit = (): void => settle(() => reject(new Error('the load generator has ended')))
      const onAbort = (): void => settle(() => reject(signal.reason as Error))
      this.#child.on('message', onMessage)
      this.#child.on('exit', onExit)
      signal.addEventListener('abort', onAbort)
      this.#child.send(order)
    })
    if ('error' in message) throw new Error(`the load generator: ${message.error}`)
    return message.report
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await exited
  }
}
