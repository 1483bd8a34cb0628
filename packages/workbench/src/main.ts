import { ServiceError } from '@session-vs-jwt/services'
import { type Command, CommanderError } from 'commander'
import { doctorCommand } from './commands/doctor.js'
import { migrateCommand } from './commands/migrate.js'
import { resetCommand } from './commands/reset.js'
import { rotateKeysCommand } from './commands/rotate-keys.js'
import { startCommand } from './commands/start.js'
import { tourCommand } from './commands/tour.js'
import { WorkbenchError } from './workbench-error.js'

const commands: Readonly<Record<string, () => Command>> = {
  start: startCommand,
  tour: tourCommand,
  doctor: doctorCommand,
  reset: resetCommand,
  'rotate-keys': rotateKeysCommand,
  migrate: migrateCommand,
}

const [name = '', ...args] = process.argv.slice(2)

// A terminal that was closed, or a pipe whose reader left, is no reason to leave servers behind.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

try {
  await commandNamed(name).parseAsync(args, { from: 'user' })
} catch (error) {
  process.exitCode = report(error)
}

/** @throws {WorkbenchError} */
function commandNamed(wanted: string): Command {
  const make = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined
  if (make) return make()
  const known = Object.keys(commands).join(', ')
  throw new WorkbenchError(`There is no command "${wanted}". There are: ${known}.`, 2)
}

/** Says what went wrong, and returns the exit code: 1 for what failed, 2 for what was asked wrongly. */
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
