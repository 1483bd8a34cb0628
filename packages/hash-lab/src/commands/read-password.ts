import { text } from 'node:stream/consumers'
import { HashLabError } from '../hash-lab-error.js'

/**
 * From a prompt that shows nothing, or the first line of a pipe.
 *
 * @throws {HashLabError} when nothing came
 */
export async function readPassword(): Promise<string> {
  const password = process.stdin.isTTY ? await ask() : firstLine(await text(process.stdin))
  if (password === '') throw new HashLabError('No password was given, so there is nothing to hash.')
  return password
}

async function ask(): Promise<string> {
  const { default: prompt } = await import('@inquirer/password')
  try {
    return await prompt({ message: 'Password:' }, { output: process.stderr })
  } catch (error) {
    if ((error as Error).name !== 'ExitPromptError') throw error
    throw new HashLabError('No password was given.', 130)
  }
}

function firstLine(input: string): string {
  return input.split('\n')[0]?.replace(/\r$/, '') ?? ''
}
