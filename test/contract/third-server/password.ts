import bcrypt from 'bcrypt'
import { Problem } from './problem.js'

const MIN_PASSWORD_CHARACTERS = 8
/** bcrypt reads no further: a longer password would be cut. */
const MAX_PASSWORD_BYTES = 72

/** Some of what attackers try first, of the length that is allowed here. */
const COMMON =
  'password password1 password123 passw0rd 12345678 123456789 11111111 qwertyuiop iloveyou'
const COMMON_PASSWORDS: ReadonlySet<string> = new Set(COMMON.split(' '))

/** Hashes passwords; `cost` is the binary logarithm of bcrypt's rounds. */
export class PasswordHash {
  readonly #cost: number
  /** Where there is no user, this is compared: the answer takes its time all the same. */
  readonly #nobodys: string

  constructor(cost: number) {
    this.#cost = cost
    this.#nobodys = bcrypt.hashSync('the password of nobody', cost)
  }

  async make(password: string): Promise<string> {
    return bcrypt.hash(canonical(password), this.#cost)
  }

  async matches(password: string, hash: string | undefined): Promise<boolean> {
    const isEqual = await bcrypt.compare(canonical(password), hash ?? this.#nobodys)
    return isEqual && hash !== undefined && bytesOf(password) <= MAX_PASSWORD_BYTES
  }
}

/** @throws {Problem} with 400 */
export function checkPolicy(password: string): void {
  const message = problemOf(password)
  if (message) throw new Problem('password_refused', { errors: [{ field: 'password', message }] })
}

function problemOf(password: string): string | undefined {
  if (!password.isWellFormed()) return 'is not valid Unicode'
  if (Array.from(canonical(password)).length < MIN_PASSWORD_CHARACTERS) {
    return `must be at least ${MIN_PASSWORD_CHARACTERS} characters long`
  }
  if (bytesOf(password) > MAX_PASSWORD_BYTES) {
    return `must be at most ${MAX_PASSWORD_BYTES} bytes long`
  }
  if (COMMON_PASSWORDS.has(canonical(password).toLowerCase())) return 'is a common password'
  return undefined
}

function bytesOf(password: string): number {
  return Buffer.byteLength(canonical(password))
}

/** One keyboard sends "é" as one character, another one as two: NFC makes them the same. */
function canonical(password: string): string {
  return password.normalize('NFC')
}
