import { readFileSync } from 'node:fs'
import { HashLabError } from '../hash-lab-error.js'
import { type LeakedTable, parseLeakedTable } from '../leaked-table.js'

/** @throws {HashLabError} when there is no table in it */
export function readTable(file: string): LeakedTable {
  const bytes = readBytes(file)
  if (bytes.length === 0) throw problem(file, 'is empty')
  const zero = bytes.indexOf(0)
  if (zero !== -1) {
    const line = bytes.subarray(0, zero).toString('latin1').split('\n').length
    throw problem(file, `has a zero byte in line ${line}: it is binary, not a table`)
  }
  const table = parseLeakedTable(bytes)
  if (table.users.length > 0) return table
  const [first] = table.problems
  throw problem(
    file,
    first ? `holds no hash; line ${first.line} ${first.message}` : 'has empty lines only',
  )
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw problem(file, why)
  }
}

function problem(file: string, why: string): HashLabError {
  return new HashLabError(
    `The table ${file} ${why}. A table has a line for each user: user:hash or user:hash:salt. ` +
      'Make one: npm run hash-lab -- steal',
  )
}
