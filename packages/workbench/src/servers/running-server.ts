import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ServerMessage, TraceEvent } from '@session-vs-jwt/http-kit'
import type { ServerKind } from '../strategy.js'
import { WorkbenchError } from '../workbench-error.js'
import { SERVER_NAMES, serverProgram } from './server-program.js'

/** How to run a server. */
export interface ServerCommand {
  readonly server: ServerKind
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>
  /** The file that gets what the server prints; emptied at each start. */
  readonly log: string
}

/** How a server process ended. */
export interface ServerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const READY_WITHIN_MS = 20_000
/** A server that drains leaves within 10 s by itself. */
const STOP_WITHIN_MS = 11_000
const LAST_WORDS = 8

/** One of the two servers, as a process of its own that answers requests. */
export class RunningServer {
  readonly server: ServerKind
  readonly url: string
  readonly pid: number
  /** Resolves when the process is gone, whoever wanted that. */
  readonly exited: Promise<ServerExit>
  readonly #child: ChildProcess
  readonly #log: string

  private constructor(command: ServerCommand, started: Started, url: string) {
    this.server = command.server
    this.url = url
    this.pid = started.child.pid as number
    this.exited = started.exited
    this.#child = started.child
    this.#log = command.log
  }

  /**
   * Starts the built server and waits until it listens.
   *
   * @throws {WorkbenchError} with the end of its log, if it ends instead or takes over 20 s
   */
  static async start(command: ServerCommand): Promise<RunningServer> {
    const started = spawnServer(command)
    try {
      return new RunningServer(command, started, await listeningUrl(started, command))
    } catch (error) {
      started.child.kill('SIGKILL')
      await started.exited
      throw error
    }
  }

  /** Calls `listener` with the trace of each request. Gives back what ends that. */
  onRequest(listener: (event: TraceEvent) => void): () => void {
    const onMessage = (message: ServerMessage): void => {
      if (message.type === 'request') listener(message)
    }
    this.#child.on('message', onMessage)
    return () => void this.#child.off('message', onMessage)
  }

  /** Asks the server to finish what it does and leave; kills it if that takes over 11 s. */
  async stop(): Promise<ServerExit> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS)
    this.#child.kill('SIGTERM')
    const exit = await this.exited
    clearTimeout(late)
    return exit
  }

  /** SIGKILL, as in a crash. */
  async kill(): Promise<ServerExit> {
    this.#child.kill('SIGKILL')
    return this.exited
  }

  /** The end of the server's log. */
  lastWords(): string {
    return endOf(this.#log)
  }
}

interface Started {
  readonly child: ChildProcess
  readonly exited: Promise<ServerExit>
}

/**
 * In a session of its own: Ctrl-C in a terminal goes to every process of the group in front, and
 * would end the servers before the workbench has decided to. If the workbench dies, the channel
 * closes, and the server leaves by itself.
 */
function spawnServer({ server, env, log }: ServerCommand): Started {
  mkdirSync(dirname(log), { recursive: true })
  const output = openSync(log, 'w', 0o600)
  const child = fork(serverProgram(server), [], {
    env,
    detached: true,
    execArgv: [],
    stdio: ['ignore', output, output, 'ipc'],
  })
  closeSync(output)
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', () => resolve({ code: null, signal: null }))
  })
  return { child, exited }
}

async function listeningUrl({ child, exited }: Started, command: ServerCommand): Promise<string> {
  const name = SERVER_NAMES[command.server]
  let timer: NodeJS.Timeout | undefined
  const listening = new Promise<string>((resolve) => {
    child.on('message', (message: ServerMessage) => {
      if (message.type === 'listening') resolve(message.url)
    })
  })
  const ended = exited.then(() => failedStart(`The ${name} ended as it started`, command))
  const late = new Promise<never>((_resolve, reject) => {
    const why = `The ${name} did not listen within ${READY_WITHIN_MS / 1000} s`
    timer = setTimeout(() => reject(startError(why, command)), READY_WITHIN_MS)
  })
  return Promise.race([listening, ended, late]).finally(() => clearTimeout(timer))
}

function failedStart(why: string, command: ServerCommand): never {
  throw startError(why, command)
}

function startError(why: string, { log }: ServerCommand): WorkbenchError {
  return new WorkbenchError(`${why}:\n${endOf(log)}`)
}

function endOf(log: string): string {
  const lines = readFileSync(log, 'utf8').trim().split('\n')
  return lines.slice(-LAST_WORDS).join('\n') || '(it printed nothing)'
}
