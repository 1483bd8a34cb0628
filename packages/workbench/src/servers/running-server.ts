import type { ParentMessage, ServerMessage } from '@session-vs-jwt/server-process'
import type { TraceEvent } from '@session-vs-jwt/request-trace'
import type { ServerKind } from '../strategy.js'
import { type ProgramCommand, RunningProgram, untilListening } from './running-program.js'
import { SERVER_NAMES, serverProgram } from './server-program.js'

/** How to run one of the two servers. */
export interface ServerCommand extends Pick<ProgramCommand, 'env' | 'log'> {
  readonly server: ServerKind
}

/** One of the two servers, as a process of its own that answers requests. */
export class RunningServer extends RunningProgram {
  readonly server: ServerKind

  private constructor(
    server: ServerKind,
    command: ProgramCommand,
    { started, url }: Awaited<ReturnType<typeof untilListening>>,
  ) {
    super(command, started, url)
    this.server = server
  }

  /**
   * Starts the built server and waits until it listens.
   *
   * @throws {WorkbenchError} with the end of its log, if it ends instead or takes over 20 s
   */
  static async start({ server, env, log }: ServerCommand): Promise<RunningServer> {
    const command = { name: SERVER_NAMES[server], program: serverProgram(server), env, log }
    return new RunningServer(server, command, await untilListening(command))
  }

  /** Calls `listener` with the trace of each request. Gives back what ends that. */
  onRequest(listener: (event: TraceEvent) => void): () => void {
    const onMessage = (message: ServerMessage): void => {
      if (message.type === 'requests') message.events.forEach((it) => listener(it))
    }
    this.child.on('message', onMessage)
    return () => void this.child.off('message', onMessage)
  }

  /** Moves the server's clock: it is ahead of the machine's by so many milliseconds. */
  setClock(aheadMs: number): void {
    const message: ParentMessage = { type: 'clock', aheadMs }
    // The channel may close at any moment; `exited` tells of it where the server has ended.
    this.child.send(message, () => undefined)
  }
}
