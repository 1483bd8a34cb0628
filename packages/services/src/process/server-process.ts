import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Account } from './account.js'
import { type ParentWatch, watchParent } from './parent-watch.js'
import { processesTagged, signal } from './process-list.js'
import { endOfLog, openLog } from './server-log.js'
import { waitUntil } from './wait-until.js'

/** How to run a server. */
export interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly argv0?: string
  readonly env: NodeJS.ProcessEnv
  readonly account?: Account | undefined
  /** Written to the server's standard input, which is then closed. */
  readonly input?: string
  /** In the command line of each of its processes, and in that of no other run: see `runTag`. */
  readonly tag: string
  /** Gets what the server prints; emptied at each start. */
  readonly log: string
  /** Asks for an orderly end. */
  readonly stopSignal: NodeJS.Signals
}

const STOP_WITHIN_MS = 10_000
const KILL_WITHIN_MS = 5_000
const LAST_WORDS = 8

/** A running server and its children. */
export class ServerProcess {
  /** Resolves when the server is gone, or never came. */
  readonly exited: Promise<void>
  readonly #command: ServerCommand
  readonly #child: ChildProcess
  readonly #watch: ParentWatch | undefined
  #failure: Error | undefined

  /**
   * Starts the server in a session of its own: Ctrl-C in a terminal goes to every process of the
   * group in front, and would end the server before its clients have finished.
   */
  constructor(command: ServerCommand) {
    this.#command = command
    const log = openLog(command.log)
    this.#child = spawn(command.program, command.args, {
      ...(command.argv0 === undefined ? {} : { argv0: command.argv0 }),
      ...command.account,
      cwd: '/',
      detached: true,
      env: command.env,
      stdio: [command.input === undefined ? 'ignore' : 'pipe', log, log],
    })
    if (log !== 'ignore') closeSync(log)
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve())
      this.#child.once('error', () => resolve())
    })
    this.#child.on('error', (error) => (this.#failure = error))
    this.#child.stdin?.on('error', () => {})
    this.#child.stdin?.end(command.input)
    this.#child.unref()
    const { pid } = this.#child
    this.#watch = pid === undefined ? undefined : watchParent(pid, command.tag, command.stopSignal)
    this.#child.once('exit', () => this.#watch?.end())
  }

  /** Whether the server is gone, or never came. */
  get hasExited(): boolean {
    const { pid, exitCode, signalCode } = this.#child
    return pid === undefined || exitCode !== null || signalCode !== null
  }

  /** The server and its children, as far as they run now. */
  pids(): number[] {
    return this.#all()
  }

  /** What the server printed last, for an error message: eight lines unless told. */
  lastWords(lines: number = LAST_WORDS): string {
    const log = endOfLog(this.#command.log, lines)
    return [this.#failure?.message, log].filter(Boolean).join('\n')
  }

  /** Asks for an orderly end, waits for it, and kills after 10 s. */
  async stop(): Promise<void> {
    this.resume()
    this.#signalServer(this.#command.stopSignal)
    const stopped = await waitUntil(() => this.hasExited, STOP_WITHIN_MS)
    if (!stopped || this.#all().length > 0) await this.kill()
  }

  /** SIGKILL to the server and every child; returns when they are gone. */
  async kill(): Promise<void> {
    // Stopped first, so that none is born while the others die.
    this.pause()
    for (const pid of this.#all()) signal(pid, 'SIGKILL')
    this.#signalServer('SIGKILL')
    await waitUntil(() => this.hasExited && this.#all().length === 0, KILL_WITHIN_MS)
  }

  /** SIGSTOP to the server and every child: connections stay open and nothing answers. */
  pause(): void {
    this.#signalServer('SIGSTOP')
    for (const pid of this.#all()) signal(pid, 'SIGSTOP')
  }

  /** SIGCONT to every child and the server. */
  resume(): void {
    for (const pid of this.#all()) signal(pid, 'SIGCONT')
    this.#signalServer('SIGCONT')
  }

  #all(): number[] {
    return processesTagged(this.#command.tag).map(({ pid }) => pid)
  }

  #signalServer(name: NodeJS.Signals): void {
    if (!this.hasExited) this.#child.kill(name)
  }
}
