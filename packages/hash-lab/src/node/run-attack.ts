import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { HashString } from '../hash-string.js'
import type { Rule } from '../mangling-rules.js'
import { SCHEME_TRAITS } from '../scheme.js'
import type { AttackJob, SharedState, ThreadMessage, ThreadReport } from './attack-messages.js'
import { type Place, UnitPlan } from './unit-plan.js'
import type { WordList } from './word-list.js'

export interface AttackRequest {
  /** All of one scheme. */
  readonly targets: readonly HashString[]
  readonly rules: readonly Rule[]
  readonly list: WordList
  /** How many cores to use; by default all. */
  readonly threads?: number
  /** Where a stopped attack was. */
  readonly place?: Place
  /** Targets whose password is known already. */
  readonly known?: Iterable<number>
  readonly signal?: AbortSignal
  readonly onFound?: (target: number, password: Uint8Array) => void
  /** Called a few times a second. */
  readonly onProgress?: (progress: AttackProgress) => void
}

export interface AttackProgress {
  readonly guesses: number
  readonly seconds: number
  /** Of the word list, from 0 to 1. */
  readonly fraction: number
  readonly place: Place
}

export interface AttackOutcome extends AttackProgress {
  readonly threads: number
  /** `cracked`: nothing was left to find. */
  readonly end: 'cracked' | 'list' | 'stopped'
  /** Milliseconds of all threads. */
  readonly spent: ThreadReport['spent']
  readonly skippedWords: number
}

const PROGRESS_MS = 200
/** Until it was measured. */
const FIRST_RATE = { fast: 5_000_000, slow: 20 } as const

/**
 * A dictionary attack on all cores: one thread for each, each with units of its own, so that they
 * share nothing but who is cracked.
 */
export async function runAttack(request: AttackRequest): Promise<AttackOutcome> {
  const attack = new RunningAttack(request)
  try {
    return await attack.run()
  } finally {
    await attack.close()
  }
}

class RunningAttack {
  readonly #request: AttackRequest
  readonly #threads: number
  readonly #shared: SharedState
  readonly #guesses: Float64Array
  readonly #cracked: Uint8Array
  readonly #workers: Worker[] = []
  readonly #reports: ThreadReport[] = []
  #plan: UnitPlan | undefined
  #ready = 0
  #busy = 0
  #startedAt = 0

  constructor(request: AttackRequest) {
    this.#request = request
    this.#threads = request.threads ?? availableParallelism()
    this.#shared = {
      stop: new SharedArrayBuffer(4),
      guesses: new SharedArrayBuffer(8 * this.#threads),
      cracked: new SharedArrayBuffer(Math.max(1, request.targets.length)),
    }
    this.#guesses = new Float64Array(this.#shared.guesses)
    this.#cracked = new Uint8Array(this.#shared.cracked)
    for (const target of request.known ?? []) this.#cracked[target] = 1
  }

  async run(): Promise<AttackOutcome> {
    const { signal, onProgress } = this.#request
    const stop = (): void => void Atomics.store(new Int32Array(this.#shared.stop), 0, 1)
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    const timer = setInterval(() => onProgress?.(this.#progress()), PROGRESS_MS)
    try {
      await this.#work()
    } finally {
      clearInterval(timer)
      signal?.removeEventListener('abort', stop)
    }
    return this.#outcome()
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #work(): Promise<void> {
    return new Promise((resolve, reject) => {
      for (let thread = 0; thread < this.#threads; thread += 1) {
        const worker = this.#start(thread)
        this.#busy += 1
        worker.on('error', reject)
        worker.on('message', (message: ThreadMessage) => {
          this.#receive(thread, worker, message)
          if (this.#busy === 0) resolve()
        })
      }
    })
  }

  #start(thread: number): Worker {
    const { targets, rules, list } = this.#request
    const workerData: AttackJob = {
      thread,
      targets,
      rules: rules.map(({ text }) => text),
      list,
      shared: this.#shared,
    }
    const worker = new Worker(new URL('./attack-thread.js', import.meta.url), { workerData })
    this.#workers.push(worker)
    return worker
  }

  #receive(thread: number, worker: Worker, message: ThreadMessage): void {
    switch (message.type) {
      case 'found':
        this.#request.onFound?.(message.target, message.password)
        return
      case 'ready':
        this.#ready += 1
        // They set off together: the rate is that of all threads, from the first guess to the last.
        if (this.#ready < this.#threads) return
        this.#plan = this.#makePlan(message.groups)
        for (const each of this.#workers) this.#sendNext(each)
        return
      case 'done':
        this.#reports[thread] = message.report
        if (message.isComplete) this.#plan?.done(message.unit)
        break
    }
    this.#sendNext(worker)
  }

  #makePlan(groups: number): UnitPlan {
    const { list, rules, place } = this.#request
    this.#startedAt = performance.now()
    const guessesPerWord = Math.max(1, rules.length)
    const size = { listBytes: list.bytes, groups, guessesPerWord, threads: this.#threads }
    return new UnitPlan(size, place)
  }

  #sendNext(worker: Worker): void {
    const goesOn = !this.#request.signal?.aborted && this.#cracked.includes(0)
    const unit = goesOn ? this.#plan?.next(this.#rate()) : undefined
    if (unit) worker.postMessage(unit)
    else this.#busy -= 1
  }

  /** Guesses a second of one thread. */
  #rate(): number {
    const { guesses, seconds } = this.#progress()
    if (guesses > 0 && seconds > 0.1) return guesses / seconds / this.#threads
    const scheme = this.#request.targets[0]?.scheme
    return scheme && SCHEME_TRAITS[scheme].fast ? FIRST_RATE.fast : FIRST_RATE.slow
  }

  #progress(): AttackProgress {
    return {
      guesses: this.#guesses.reduce((sum, it) => sum + it, 0),
      seconds: this.#startedAt === 0 ? 0 : (performance.now() - this.#startedAt) / 1000,
      fraction: this.#plan?.fraction ?? 0,
      place: this.#plan?.place ?? { from: 0, to: 0, group: 0 },
    }
  }

  #outcome(): AttackOutcome {
    const progress = this.#progress()
    const isCracked = !this.#cracked.includes(0)
    const isOver = progress.fraction >= 1
    const sumOf = (of: (report: ThreadReport) => number): number =>
      this.#reports.filter(Boolean).reduce((sum, it) => sum + of(it), 0)
    return {
      ...progress,
      threads: this.#threads,
      end: isCracked ? 'cracked' : isOver ? 'list' : 'stopped',
      spent: {
        reading: sumOf(({ spent }) => spent.reading),
        guessing: sumOf(({ spent }) => spent.guessing),
        hashing: sumOf(({ spent }) => spent.hashing),
        comparing: sumOf(({ spent }) => spent.comparing),
      },
      skippedWords: sumOf(({ skippedWords }) => skippedWords),
    }
  }
}
