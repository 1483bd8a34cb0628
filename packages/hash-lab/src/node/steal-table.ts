import { createHash } from 'node:crypto'
import bcrypt from 'bcrypt'
import { bcryptSalt } from '../bcrypt-string.js'
import type { Person } from '../password-population.js'
import type { Random } from '../random.js'
import { SCHEME_TRAITS, type Scheme } from '../scheme.js'
import { argon2idHash, scryptHash } from './salted-hashes.js'

const SALT_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const SALT_CHARACTERS = 8
const SALT_BYTES = 16
/** As many as libuv has threads. */
const AT_ONCE = 4

/** Low, so that a table of a thousand is made in seconds. Servers take more. */
export const TABLE_COSTS: Readonly<Partial<Record<Scheme, number>>> = {
  bcrypt: 6,
  scrypt: 12,
  argon2id: 12,
}

export interface TableRequest {
  readonly people: readonly Person[]
  readonly scheme: Scheme
  readonly cost: number
  readonly random: Random
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number) => void
}

/** What a thief finds: a line for each user, in the form that hashcat and John the Ripper read. */
export async function stealTable(request: TableRequest): Promise<string[]> {
  const { people, signal, onProgress } = request
  const lines: string[] = []
  for (let from = 0; from < people.length; from += AT_ONCE) {
    if (signal?.aborted) break
    const some = people.slice(from, from + AT_ONCE)
    lines.push(...(await Promise.all(some.map((person) => line(person, request)))))
    onProgress?.(lines.length)
  }
  return lines
}

async function line({ user, password }: Person, request: TableRequest): Promise<string> {
  return `${user}:${await hash(password, request)}`
}

async function hash(password: string, { scheme, cost, random }: TableRequest): Promise<string> {
  const { fast, salted } = SCHEME_TRAITS[scheme]
  if (fast) {
    const salt = salted ? random.text(SALT_CHARACTERS, SALT_ALPHABET) : ''
    const digest = createHash(fast)
      .update(salt + password)
      .digest('hex')
    return salted ? `${digest}:${salt}` : digest
  }
  const salt = random.bytes(SALT_BYTES)
  if (scheme === 'scrypt') return scryptHash(password, salt, cost)
  if (scheme === 'argon2id') return argon2idHash(password, salt, cost)
  return bcrypt.hash(password, `$2b$${String(cost).padStart(2, '0')}$${bcryptSalt(salt)}`)
}
