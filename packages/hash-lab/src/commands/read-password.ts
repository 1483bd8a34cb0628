import { buffer } from 'node:stream/consumers'
import { binaryText, fromHexNotation, utf8 } from '../bytes.js'
import { HashLabError } from '../hash-lab-error.js'

/**
 * The bytes of a password: `given`, or what is typed at a prompt that shows nothing, or the first line of a pipe, which
 * may hold any bytes. `$HEX[…]`, which the lab prints for bytes that aren't text, is read as those bytes.
 *
 * @throws {HashLabError} if there is none
 */
export async function readPassword(given: string | undefined): Promise<Uint8Array> {
  const bytes = given === undefined ? await promptOrPipe() : utf8(given)
  const password = fromHexNotation(binaryText(bytes)) ?? bytes
  if (password.length === 0)
    throw new HashLabError('No password was given, so there is nothing to hash.')
  return password
}

async function promptOrPipe(): Promise<Uint8Array> {
  return process.stdin.isTTY ? utf8(await ask()) : firstLine(await buffer(process.stdin))
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

function firstLine(input: Buffer): Buffer {
  const newline = input.indexOf('\n')
  const line = newline === -1 ? input : input.subarray(0, newline)
  return line.at(-1) === '\r'.charCodeAt(0) ? line.subarray(0, -1) : line
}
