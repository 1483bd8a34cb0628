import bcrypt from 'bcrypt'
import { Problem } from './problem.js'
import { type Mistakes, switchable } from './switchable.js'

type Compare = (password: string, hash: string) => Promise<boolean>

// #region unawaited-compare
const comparePassword = switchable<Compare>('unawaited-compare', {
  async wrong(password, hash) {
    if (!bcrypt.compare(password, hash)) return false
    return true
  },
  async right(password, hash) {
    if (!(await bcrypt.compare(password, hash))) return false
    return true
  },
})
// #endregion unawaited-compare

// #region cut-password
/** Whether bcrypt reads all of it: it stops after 72 bytes, and says nothing. */
const isReadWhole = switchable<(password: string) => boolean>('cut-password', {
  wrong: () => true,
  right: (password) => Buffer.byteLength(password) <= 72,
})
// #endregion cut-password

interface Check {
  readonly password: string
  /** `undefined`: there is no such user. */
  readonly hash: string | undefined
  readonly nobodysHash: string
}

// #region quick-no
const checkAgainst = switchable<(check: Check, compare: Compare) => Promise<boolean>>('quick-no', {
  async wrong({ password, hash }, compare) {
    if (hash === undefined) return false
    return compare(password, hash)
  },
  async right({ password, hash, nobodysHash }, compare) {
    const matches = await compare(password, hash ?? nobodysHash)
    return matches && hash !== undefined
  },
})
// #endregion quick-no

/** The first that attackers try, of those that are long enough. */
const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  (
    '12345678 123456789 1234567890 11111111 00000000 87654321 88888888 password password1 ' +
    'password123 passw0rd qwertyui qwertyuiop qwerty123 1q2w3e4r 1qaz2wsx iloveyou sunshine ' +
    'princess football baseball superman trustno1 letmein1 welcome1 abcd1234 admin123'
  ).split(' '),
)

export interface Passwords {
  /** @throws {Problem} `password_refused` */
  check(password: string): void
  hash(password: string): Promise<string>
  /** Without a hash it takes the same time and says no. */
  matches(password: string, hash: string | undefined): Promise<boolean>
}

export function createPasswords(mistakes: Mistakes, cost: number): Passwords {
  const nobodysHash = bcrypt.hashSync('the password of nobody', cost)
  const isWhole = isReadWhole(mistakes)
  return {
    check(password) {
      const text = canonical(password)
      const message = isWhole(text) ? passwordProblem(text) : 'must be at most 72 bytes long'
      if (message === undefined) return
      throw new Problem('password_refused', { errors: [{ field: 'password', message }] })
    },
    hash: async (password) => bcrypt.hash(canonical(password), cost),
    async matches(password, hash) {
      const check = { password: canonical(password), hash, nobodysHash }
      const matches = await checkAgainst(mistakes)(check, comparePassword(mistakes))
      return matches && isWhole(check.password)
    },
  }
}

/** The same characters typed on two keyboards can be two byte strings; NFC makes them one. */
function canonical(password: string): string {
  return password.normalize('NFC')
}

function passwordProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return 'is not valid Unicode'
  if (Array.from(text).length < 8) return 'must be at least 8 characters long'
  if (COMMON_PASSWORDS.has(text.toLowerCase())) return 'is on the list of common passwords'
  return undefined
}
