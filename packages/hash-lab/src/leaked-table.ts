import { type HashString, parseHash } from './hash-string.js'

/** A line of a leaked table. */
export interface LeakedUser {
  /** Undefined where the table has hashes only. */
  readonly user?: string
  readonly hash: HashString
  /** Where it stands, from 1. */
  readonly line: number
}

/** A line that could not be read, and why. */
export interface TableProblem {
  readonly line: number
  readonly message: string
}

export interface LeakedTable {
  readonly users: readonly LeakedUser[]
  readonly problems: readonly TableProblem[]
}

const LONGEST_LINE = 8_192
const SHOWN = 40

/**
 * Reads a table in the form that John the Ripper takes and hashcat with `--username`: `user:hash`, or
 * `user:hash:salt`; a hash alone is a line too. What cannot be read is told, the rest is used.
 */
export function parseLeakedTable(text: string): LeakedTable {
  const users: LeakedUser[] = []
  const problems: TableProblem[] = []
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((raw, index) => {
      const line = index + 1
      const content = raw.replace(/\r$/, '')
      if (content.trim() === '') return
      const read = parseLine(content)
      if (typeof read === 'string') problems.push({ line, message: read })
      else users.push({ ...read, line })
    })
  return { users, problems }
}

function parseLine(line: string): Omit<LeakedUser, 'line'> | string {
  if (line.length > LONGEST_LINE) return `has ${line.length} characters; the longest hash has fewer`
  const alone = parseHash(line)
  if (alone) return { hash: alone }
  const colon = line.indexOf(':')
  const user = line.slice(0, colon)
  const rest = line.slice(colon + 1)
  // The fields behind the hash in a file like /etc/passwd.
  const hash = parseHash(rest) ?? parseHash(rest.split(':')[0] ?? '')
  if (colon > 0 && hash) return { user, hash }
  return `is no hash that the lab knows: ${shown(line)}`
}

function shown(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const printable = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\uFFFD')
  return printable.length > SHOWN ? `"${printable.slice(0, SHOWN)}…"` : `"${printable}"`
}
