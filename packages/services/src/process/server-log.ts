import { constants, openSync, readFileSync } from 'node:fs'

const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants

/**
 * Opens the file that gets what a server prints, and empties it. A server runs without a log rather than not
 * at all: `ignore` if the file cannot be opened.
 */
export function openLog(path: string): number | 'ignore' {
  try {
    // Appended to, so that whoever empties it while the server runs gets the space back.
    return openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
  } catch {
    return 'ignore'
  }
}

/** The last `lines` of a log, for an error message; says so where there are none. */
export function endOfLog(path: string, lines: number): string {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return text.split('\n').slice(-lines).join('\n') || '(it printed nothing)'
  } catch (error) {
    return `(its log ${path} cannot be read: ${(error as NodeJS.ErrnoException).code})`
  }
}
