import { Command, CommanderError } from 'commander'
import { HashLabError } from '../hash-lab-error.js'
import { attackCommand } from './attack.js'
import { benchCommand } from './bench.js'
import { hashCommand } from './hash.js'
import { lookupCommand } from './lookup.js'
import { roundsCommand } from './rounds.js'
import { saltCommand } from './salt.js'
import { secretCommand } from './secret.js'
import { stealCommand } from './steal.js'
import { truncationCommand } from './truncation.js'

/**
 * Runs the command line to its end and sets the exit code: 1 for what failed, 2 for what was asked
 * wrongly, 130 after Ctrl-C. What a person can put right is a message, and no stack.
 * `path`: where other programs are looked for, such as hashcat.
 */
export async function runCommandLine(args: readonly string[], path: string): Promise<void> {
  // A pipe whose reader left is no failure.
  process.stdout.on('error', () => undefined)
  try {
    await hashLab(path).parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = report(error)
  }
}

function hashLab(path: string): Command {
  const lab = new Command('npm run hash-lab --')
    .description(
      'Why a password is hashed, salted and slow: steal a table, break it, salt it, break it again.\n' +
        'It is for learning: it attacks tables that it made or files that you give it, and no network.',
    )
    .helpOption('-h, --help', 'show this')
    .helpCommand(false)
    .showHelpAfterError('See: npm run hash-lab -- --help')
    .addHelpText('after', '\nEach command has a --help of its own, with examples.')
  for (const command of [
    hashCommand(),
    stealCommand(),
    attackCommand(),
    lookupCommand(),
    saltCommand(),
    roundsCommand(),
    secretCommand(),
    truncationCommand(),
    benchCommand(path),
  ]) {
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
