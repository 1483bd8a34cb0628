import { WorkbenchError } from '../workbench-error.js'

/**
 * The address of a server as somebody typed it, ready to have paths of the contract appended: http or
 * https, with a path of its own or without.
 *
 * @param option where it was typed, and `example` what it should look like there: for the message
 * @throws {WorkbenchError} (exit code 2) that says what is wrong with it
 */
export function readBaseUrl(text: string, option: string, example: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw refusal(`${option} is not an address: "${text}". It should look like ${example}.`)
  }
  if (url.username || url.password) {
    throw refusal(
      `${option} has a user name or a password in it. Every request would carry it, those without ` +
        `a credential too. It should look like ${example}.`,
    )
  }
  if (url.search || url.hash) {
    const what = url.search || url.hash
    throw refusal(
      `${option} goes on after its path ("${what}"), where the paths of the contract are appended. ` +
        `It should look like ${example}.`,
    )
  }
  return url.href.replace(/\/+$/, '')
}

const refusal = (message: string): WorkbenchError => new WorkbenchError(message, 2)
