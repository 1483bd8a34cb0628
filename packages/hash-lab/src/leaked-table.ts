import { binaryText, bytesOfBinaryText, bytesText, printable, utf8 } from './bytes.js'
import { type HashString, parseHash } from './hash-string.js'

/** A line of a leaked table. */
export interface LeakedUser {
  /** Undefined where the table has hashes only. `$HEX[…]` where the name isn't UTF-8. */
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
const UTF8_BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf'

/**
 * Reads a table in the form that John the Ripper takes and hashcat with `--username`: `user:hash` or
 * `user:hash:salt`. A hash alone is a line too, and so is a line like those of /etc/passwd or /etc/shadow. Lines that
 * can't be read are reported; the others are used. Salts stay the bytes that they are, in any encoding.
 */
export function parseLeakedTable(table: string | Uint8Array): LeakedTable {
  const users: LeakedUser[] = []
  const problems: TableProblem[] = []
  const text = binaryText(typeof table === 'string' ? utf8(table) : table)
  const content = text.startsWith(UTF8_BYTE_ORDER_MARK) ? text.slice(3) : text
  content.split('\n').forEach((raw, index) => {
    const line = index + 1
    const read = parseLine(raw.replace(/\r$/, ''))
    if (typeof read === 'string') problems.push({ line, message: read })
    else if (read) users.push({ ...read, line })
  })
  return { users, problems }
}

/** Gives back what is wrong with the line, or nothing for an empty one. */
function parseLine(line: string): Omit<LeakedUser, 'line'> | string | undefined {
  if (line.trim() === '') return undefined
  if (line.length > LONGEST_LINE)
    return `has ${line.length} bytes; no line with a hash is that long`
  const alone = hashIn(line)
  if (alone) return { hash: alone }
  const colon = line.indexOf(':')
  const hash = colon > 0 && hashIn(line.slice(colon + 1))
  if (hash) return { user: bytesText(bytesOfBinaryText(line.slice(0, colon))), hash }
  return `has no hash that the lab knows: "${shown(line)}"`
}

/**
 * The fields behind the hash, which are no salt: those of /etc/passwd (user id, group id, name, home, shell), those of
 * /etc/shadow (six numbers, and one that is reserved), or empty ones.
 */
const OTHER_FIELDS = /^:(?:\d*:\d*:[^:]*:[^:]*:[^:]*|(?:-?\d*:){6}[^:]*|:*)$/

function hashIn(text: string): HashString | undefined {
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    if (OTHER_FIELDS.test(text.slice(colon))) {
      const hash = parseHash(text.slice(0, colon))
      if (hash) return hash
    }
  }
  return parseHash(text)
}

function shown(line: string): string {
  const cut = line.length > SHOWN
  return (
    printable(bytesText(bytesOfBinaryText(cut ? line.slice(0, SHOWN) : line))) + (cut ? '…' : '')
  )
}
