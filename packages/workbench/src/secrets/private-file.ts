import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { WorkbenchError } from '../workbench-error.js'

/** The JSON in `path`; undefined if there is no such file. */
export function readPrivateJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unusable(path, error)
  }
}

/** Writes the file whole or not at all: mode 0600, in a folder of mode 0700, whatever the umask. */
export function writePrivateJson(path: string, value: unknown): void {
  writePrivateText(path, `${JSON.stringify(value)}\n`)
}

/** As {@link writePrivateJson}, the text as it is. */
export function writePrivateText(path: string, text: string): void {
  const folder = dirname(path)
  try {
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o700)
    writeFileSync(`${path}.new`, text, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch (error) {
    throw unusable(path, error)
  }
}

function unusable(path: string, error: unknown): WorkbenchError {
  const { code, message } = error as NodeJS.ErrnoException
  // A parser's message quotes the text, and the text is secret.
  const why = error instanceof SyntaxError ? 'is no JSON' : `cannot be used (${code ?? message})`
  return new WorkbenchError(
    `The file of secrets ${path} ${why}. Put it right, or remove it: the next start makes a new ` +
      'one, and what was signed with the old one is no longer valid.',
    1,
    { cause: error },
  )
}
