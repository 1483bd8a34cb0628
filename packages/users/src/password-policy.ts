import { dictionary } from '@zxcvbn-ts/language-common'
import { AccountError } from './account-error.js'
import { canonical, MAX_PASSWORD_BYTES } from './password-hash.js'

export { MAX_PASSWORD_BYTES }

/** Characters as Unicode counts them: code points. */
export const MIN_PASSWORD_CHARACTERS = 8

const COMMON_PASSWORDS: ReadonlySet<string> = new Set(dictionary['passwords-common'].map(String))

/**
 * Length and a list of what attackers try first; no rules about kinds of characters
 * (NIST SP 800-63B, OWASP ASVS 5.0 6.2).
 *
 * @throws {AccountError} `password_refused`
 */
export function checkPasswordPolicy(password: string): void {
  const problem = passwordProblem(password)
  if (problem) throw new AccountError('password_refused', problem)
}

function passwordProblem(password: string): string | undefined {
  const text = canonical(password)
  if (!text.isWellFormed()) return 'is not valid Unicode'
  if (Array.from(text).length < MIN_PASSWORD_CHARACTERS) {
    return `must be at least ${MIN_PASSWORD_CHARACTERS} characters long`
  }
  if (Buffer.byteLength(text) > MAX_PASSWORD_BYTES) {
    return `must be at most ${MAX_PASSWORD_BYTES} bytes long`
  }
  if (COMMON_PASSWORDS.has(text.toLowerCase())) return 'is on the list of common passwords'
  return undefined
}
