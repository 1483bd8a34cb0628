import { isDiskFull, ServiceError } from '@session-vs-jwt/services'
import { type Command, CommanderError } from 'commander'
import { WorkbenchError } from '../workbench-error.js'

/**
 * Runs a command of a command line to its end and sets the exit code: 1 for what failed, 2 for what
 * was asked wrongly. What a person can put right is a message, and no stack.
 */
export async function runCommand(command: () => Command, args: readonly string[]): Promise<void> {
  // A terminal that was closed, or a pipe whose reader left, is no reason to leave servers behind.
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount('error', ignore) === 0) stream.on('error', ignore)
  }
  try {
    await command().parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = report(error)
  }
}

const ignore = (): void => undefined

function report(error: unknown): number {
  // Commander has printed its message; its own codes are 0 after a help text, else 1.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const message = messageOf(error)
  if (message === undefined) console.error(error)
  else console.error(`\n${message}`)
  return error instanceof WorkbenchError ? error.exitCode : 1
}

/** A message that a person can act on; undefined for a bug. */
function messageOf(error: unknown): string | undefined {
  if (isDiskFull(error)) return `${DISK_FULL}\n(${rootOf(error as Error).message})`
  if (error instanceof WorkbenchError || error instanceof ServiceError) return error.message
  if (!(error instanceof Error)) return undefined
  const { code, path, port, severity, syscall } = error as SystemError
  if (severity !== undefined)
    return `PostgreSQL refused what a start needs: ${error.message} (${code}).`
  if (code === 'EADDRINUSE')
    return `Port ${port} was taken a moment ago by another program. Try again.`
  if (syscall === undefined || path === undefined) return undefined
  return `${path} cannot be used (${syscall}: ${code}). Check its type and owner, or the folder above it.`
}

/** An error of Node.js, or of PostgreSQL, which adds a severity. */
interface SystemError extends NodeJS.ErrnoException {
  readonly port?: number
  readonly severity?: string
}

const DISK_FULL =
  'The disk is full. Free some space and try again (a first start needs about 300 MB); nothing that was ' +
  'stored before is lost.'

/** The first error in the chain of causes that a full disk explains: its message names the file. */
function rootOf(error: Error): Error {
  return isDiskFull(error.cause) ? rootOf(error.cause as Error) : error
}
