import { Command } from 'commander'

export interface CommandText {
  /** As it is typed, up to its options. */
  readonly usage: string
  readonly description: string
  /** Lines that can be typed as they are. */
  readonly examples: readonly string[]
}

/** A command with its help; wrong options end with code 2. */
export function newCommand({ usage, description, examples }: CommandText): Command {
  return new Command(usage)
    .description(description)
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', `\nExamples:\n${examples.map((it) => `  ${it}`).join('\n')}`)
    .showHelpAfterError(`See: ${usage} --help`)
    .allowExcessArguments(false)
    .exitOverride()
}
