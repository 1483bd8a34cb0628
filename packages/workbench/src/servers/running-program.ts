import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ServerMessage } from '@session-vs-jwt/server-process'
import { endOfLog, openLog } from '@session-vs-jwt/services'
import { WorkbenchError } from '../workbench-error.js'

/** How to run a program that serves HTTP and tells its parent where, once it listens. */
export interface ProgramCommand {
  /** As messages call it. */
  readonly name: string
  /** The file that Node.js runs. */
  readonly program: string
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>
  /** The file that gets what the program prints; emptied at each start. */
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

/** A server, as a process of its own that answers requests. */
export class RunningProgram {
  readonly name: string
  readonly url: string
  readonly pid: number
  /** Resolves when the process is gone, whoever wanted that. */
  readonly exited: Promise<ServerExit>
  protected readonly child: ChildProcess
  readonly #log: string

  protected constructor(command: ProgramCommand, started: Started, url: string) {
    this.name = command.name
    this.url = url
    this.pid = started.child.pid as number
    this.exited = started.exited
    this.child = started.child
    this.#log = command.log
  }

  /**
   * Starts the program and waits until it listens.
   *
   * @throws {WorkbenchError} with the end of its log, if it ends instead or takes over 20 s
   */
  static async run(command: ProgramCommand): Promise<RunningProgram> {
    const { started, url } = await untilListening(command)
    return new RunningProgram(command, started, url)
  }

  /** Asks the server to finish what it does and leave; kills it if that takes over 11 s. */
  async stop(): Promise<ServerExit> {
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_WITHIN_MS)
    this.child.kill('SIGTERM')
    const exit = await this.exited
    clearTimeout(late)
    return exit
  }

  /** SIGKILL, as in a crash. */
  async kill(): Promise<ServerExit> {
    this.child.kill('SIGKILL')
    return this.exited
  }

  /** The end of the server's log. */
  lastWords(): string {
    return endOfLog(this.#log, LAST_WORDS)
  }
}

interface Started {
  readonly child: ChildProcess
  readonly exited: Promise<ServerExit>
}

/** @throws {WorkbenchError} */
export async function untilListening(
  command: ProgramCommand,
): Promise<{ started: Started; url: string }> {
  const started = spawnProgram(command)
  try {
    return { started, url: await listeningUrl(started, command) }
  } catch (error) {
    started.child.kill('SIGKILL')
    await started.exited
    throw error
  }
}

/**
 * In a session of its own: Ctrl-C in a terminal goes to every process of the group in front, and
 * would end the servers before the workbench has decided to. If the workbench dies, the channel
 * closes, and the server leaves by itself.
 */
function spawnProgram({ program, env, log }: ProgramCommand): Started {
  mkdirSync(dirname(log), { recursive: true })
  const output = openLog(log)
  const child = fork(program, [], {
    env,
    detached: true,
    execArgv: [],
    stdio: ['ignore', output, output, 'ipc'],
  })
  if (output !== 'ignore') closeSync(output)
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    // Also of a process that lives, to which no signal could be sent.
    child.on('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null })
    })
  })
  return { child, exited }
}

async function listeningUrl({ child, exited }: Started, command: ProgramCommand): Promise<string> {
  const { name } = command
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

function failedStart(why: string, command: ProgramCommand): never {
  throw startError(why, command)
}

function startError(why: string, { log }: ProgramCommand): WorkbenchError {
  return new WorkbenchError(`${why}:\n${endOfLog(log, LAST_WORDS)}`)
}
