import { Command, CommanderError } from 'commander'
import { HashLabError } from '../hash-lab-error.js'
import { attackCommand } from './attack.js'
import { hashCommand } from './hash.js'
import { stealCommand } from './steal.js'

/**
 * Runs the command line to its end and sets the exit code: 1 for what failed, 2 for what was asked
 * wrongly, 130 after Ctrl-C. What a person can put right is a message, and no stack.
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // A pipe whose reader left is no failure.
  process.stdout.on('error', () => undefined)
  try {
    await hashLab().parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = report(error)
  }
}

function hashLab(): Command {
  const lab = new Command('npm run hash-lab --')
    .description(
      'Why a password is hashed, salted and slow: steal a table, break it, salt it, break it again.\n' +
        'It is for learning: it attacks tables that it made or files that you give it, and no network.',
    )
    .helpOption('-h, --help', 'show this')
    .helpCommand(false)
    .addHelpText('after', '\nEach command has a --help of its own, with examples.')
  for (const command of [hashCommand(), stealCommand(), attackCommand()]) {
    lab.addCommand(command)
  }
  inherit(lab)
  return lab
}

/** Errors are thrown, not exits; each names the help of its own command. */
function inherit(command: Command): void {
  command.exitOverride().allowExcessArguments(false)
  for (const child of command.commands) {
    child.helpOption('-h, --help', 'show this')
    child.showHelpAfterError(`See: npm run hash-lab -- ${child.name()} --help`)
    inherit(child)
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof HashLabError) {
    console.error(`\n${error.message}`)
    return error.exitCode
  }
  console.error(error)
  return 1
}
