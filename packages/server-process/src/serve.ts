import type { RequestListener } from 'node:http'
import { type Clock, systemClock } from '@session-vs-jwt/http-edge'
import { type TraceEvent, traceEvents, type TraceListener } from '@session-vs-jwt/request-trace'
import { ConfigError } from './env-reader.js'
import type { ServerConfig } from './server-config.js'
import { listen, type RunningServer } from './listen.js'
import type { Logger } from './logger.js'

/** What a server process tells its parent, where it was started with an IPC channel. */
export type ServerMessage =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'requests'; readonly events: readonly TraceEvent[] }

/** What a parent process may tell a server that it has started for the lab. */
export interface ParentMessage {
  readonly type: 'clock'
  /** How far the server's clock is ahead of the machine's, in milliseconds. */
  readonly aheadMs: number
}

/** A server put together, that does not listen yet. */
export interface ComposedServer {
  readonly handler: (draining: () => boolean) => RequestListener
  /** Called when the last request was answered. */
  readonly close: () => Promise<void>
}

export interface Service extends ComposedServer {
  readonly config: ServerConfig
  readonly logger: Logger
}

/**
 * Listens until a signal, or the loss of the parent process, asks to stop; then exits: with 0, or with 1
 * if a store could not be closed.
 */
export async function serve(service: Service): Promise<void> {
  const { config, logger } = service
  const server = await listen(service.handler, config)
  // Before anybody hears of it: who hears of it may already want it to stop.
  stopOnRequest(server, service)
  logger.info({ url: server.url }, 'listening')
  tellParent({ type: 'listening', url: server.url })
}

function stopOnRequest(server: RunningServer, { close, logger }: Service): void {
  const leave = async (reason: string): Promise<never> => {
    logger.info({ reason }, 'draining')
    try {
      await server.drain()
      await close()
    } catch (err) {
      logger.error({ err }, 'could not close')
      process.exit(1)
    }
    process.exit(0)
  }
  // Npm and a terminal may ask one after the other.
  let leaving: Promise<never> | undefined
  const stop = (reason: string): void => void (leaving ??= leave(reason))
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  const stopAsOrphan = (): void => stop('the parent process is gone')
  process.on('disconnect', stopAsOrphan)
  // Gone before there was anybody to hear of it.
  if (process.send && !process.connected) stopAsOrphan()
}

/** The listener that hands every request's trace to the parent, if it is wanted and there is one. */
export function parentTraceListener(name: string, config: ServerConfig): TraceListener | undefined {
  if (config.traceEvents === 'off' || !process.send) return undefined
  return traceEvents(name, config.traceEvents, tellTogether())
}

/** What ends in one turn of the event loop is told in one message: to send one costs more than to make it. */
function tellTogether(): (event: TraceEvent) => void {
  let events: TraceEvent[] = []
  const tell = (): void => {
    const message = { type: 'requests', events } as const
    events = []
    tellParent(message)
  }
  return (event) => {
    if (events.push(event) === 1) setImmediate(tell)
  }
}

/**
 * The clock of a server that was started for the lab, which its parent can move; else the machine's.
 * Like whole traces, this is for a workbench on loopback.
 */
export function parentClock(config: ServerConfig): Clock {
  if (config.traceEvents !== 'whole' || !process.send) return systemClock
  let aheadMs = 0
  process.on('message', (message: ParentMessage) => {
    if (message.type === 'clock') ({ aheadMs } = message)
  })
  return () => new Date(Date.now() + aheadMs)
}

function tellParent(message: ServerMessage): void {
  // The channel may close at any moment; nobody is left to hear of it then.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

/** Runs `main` and turns what it throws into one message a person can act on, and exit code 1. */
export async function runMain(
  name: string,
  variable: string,
  main: () => Promise<void>,
): Promise<void> {
  try {
    await main()
  } catch (error) {
    process.stderr.write(`${startupMessage(name, variable, error)}\n`)
    process.exit(1)
  }
}

function startupMessage(name: string, variable: string, error: unknown): string {
  if (error instanceof ConfigError) return error.message
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') {
    return `The ${name} cannot listen: port ${port} is in use. Choose another one with ${variable}.`
  }
  if (code === 'EACCES') {
    return `The ${name} may not listen on port ${port}. Choose one above 1023 with ${variable}.`
  }
  return `The ${name} cannot start: ${message}`
}
