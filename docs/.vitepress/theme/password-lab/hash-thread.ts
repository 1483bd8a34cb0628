import { type Remote, wrap } from 'comlink'
import { onUnmounted } from 'vue'
import type { HashWork } from './hash-worker.js'

/** What was under way when it was stopped. */
export class Stopped extends Error {}

export interface HashThread {
  /**
   * Does work in the thread, which is started when it is first needed.
   *
   * @throws {Stopped} if it is stopped before it is done
   * @throws {Error} if there is no starting it
   */
  run<T>(work: (thread: Remote<HashWork>) => Promise<T>): Promise<T>
  /** Ends it whatever it does; the next work has a new one. */
  stop(): void
}

interface Running {
  readonly worker: Worker
  readonly remote: Remote<HashWork>
  readonly over: Promise<never>
  readonly end: (reason: Error) => void
}

/** Hashes in a thread of its own, so that the page stays usable. It ends with the component. */
export function useHashThread(): HashThread {
  let running: Running | undefined
  const stop = (reason: Error = new Stopped()): void => {
    running?.worker.terminate()
    running?.end(reason)
    running = undefined
  }
  onUnmounted(() => stop())
  return {
    run: async (work) => {
      running ??= start(stop)
      const { remote, over } = running
      return Promise.race([work(remote), over])
    },
    stop: () => stop(),
  }
}

function start(stop: (reason: Error) => void): Running {
  const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module' })
  let end = (_reason: Error): void => {}
  const over = new Promise<never>((_resolve, reject) => (end = reject))
  // Without anything under way nobody waits for it.
  over.catch(() => undefined)
  worker.addEventListener('error', () => stop(cannotStart()))
  return { worker, remote: wrap<HashWork>(worker), over, end }
}

/** A thread that does not load says no more than that. */
export function cannotStart(): Error {
  return new Error(
    'The thread that hashes could not be loaded. Reload the page; if npm start was run again, the page is an old one.',
  )
}
