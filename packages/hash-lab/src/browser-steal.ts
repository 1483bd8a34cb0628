import { hashInPage } from './browser-hash.js'
import type { Person } from './password-population.js'
import type { Random } from './random.js'
import type { Scheme } from './scheme.js'

const SALT_BYTES = 16

export interface PageTable {
  readonly people: readonly Person[]
  readonly scheme: Scheme
  /** By default that of `hashInPage`. */
  readonly cost?: number
  readonly random: Random
  readonly onProgress?: (done: number) => void
}

/** What a thief finds, made in a page: a line for each user, as `stealTable` makes it in Node.js. */
export async function stealInPage(request: PageTable): Promise<string[]> {
  const { people, scheme, cost, random, onProgress } = request
  const lines: string[] = []
  for (const { user, password } of people) {
    lines.push(`${user}:${await hashInPage(scheme, password, random.bytes(SALT_BYTES), cost)}`)
    onProgress?.(lines.length)
  }
  return lines
}
