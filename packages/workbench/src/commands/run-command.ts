import { ServiceError } from '@session-vs-jwt/services'
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
  if (error instanceof WorkbenchError || error instanceof ServiceError) {
    console.error(`\n${error.message}`)
    return error instanceof WorkbenchError ? error.exitCode : 1
  }
  console.error(error)
  return 1
}
