import type { RunningProgram } from '@session-vs-jwt/workbench'
import { BenchError } from '../runner/bench-error.js'

/** A server to be measured, and the processes that work for it. */
export interface StartedServer {
  readonly url: string
  /** The server's own process; none where somebody else has started it. */
  readonly pid: number | undefined
  /** What requests to a server without users carry. */
  readonly credentials?: readonly Readonly<Record<string, string>>[]
  readonly isRunning: () => boolean
  stop(): Promise<unknown>
  /** Rejects if the server ends before `work` has; gives what `work` gives. */
  whileAlive<T>(work: Promise<T>): Promise<T>
}

export function startedServer(program: RunningProgram): StartedServer {
  let stopping = false
  let running = true
  void program.exited.then(() => (running = false))
  return {
    url: program.url,
    pid: program.pid,
    isRunning: () => running,
    stop: async () => {
      stopping = true
      // Nobody waits for an answer: there is nothing to finish.
      await program.kill()
    },
    whileAlive: async (work) => {
      const lost = program.exited.then(({ code, signal }): never => {
        if (stopping) return undefined as never
        const how = signal ? `by ${signal}` : `with code ${code}`
        throw new BenchError(
          `The ${program.name} ended in the middle (${how}). The end of its log:\n${program.lastWords()}`,
        )
      })
      return Promise.race([work, lost])
    },
  }
}
