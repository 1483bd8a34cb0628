import { dictionary } from '@zxcvbn-ts/language-common'
import { describe, expect, test } from 'vitest'
import { checkPasswordPolicy } from '../src/password-policy.js'

const refusal = (password: string): string | undefined => {
  try {
    checkPasswordPolicy(password)
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ name: 'AccountError', code: 'password_refused' })
    return (error as Error).message
  }
}

describe('the password policy (NIST SP 800-63B, OWASP ASVS 5.0 6.2)', () => {
  test.each([
    ['8 characters', 'xk7-qpzv'],
    ['8 characters of 3 bytes', '비밀번호는비밀번'],
    ['72 bytes', `${'x1'.repeat(35)}yz`],
    ['72 bytes of 24 three-byte characters', '\u20ac'.repeat(24)],
    ['72 bytes of 18 four-byte characters', '\u{1f511}'.repeat(18)],
    ['8 characters of 4 bytes, each two units of UTF-16', '\u{1f511}'.repeat(8)],
    ['lower case letters only', 'qmzpwnxoeirutyal'],
    ['spaces, tabs and line ends', ' a \t b \r\n c '],
    ['a NUL and other control characters', 'a\0b\u0007c\u001bdef'],
    ['colons', 'a:b:c:d:e'],
  ])('accepts %s', (_what, password) => {
    expect(refusal(password)).toBeUndefined()
  })

  test.each([
    ['nothing', '', 'at least 8 characters'],
    ['7 characters', 'xk7-qpz', 'at least 8 characters'],
    ['3 characters of 9 bytes', '비밀번', 'at least 8 characters'],
    ['2 characters of 8 bytes', '😀😀', 'at least 8 characters'],
    [
      '7 characters of 28 bytes, 14 units of UTF-16',
      '\u{1f511}'.repeat(7),
      'at least 8 characters',
    ],
    ['73 bytes, which bcrypt would cut', `${'x1'.repeat(36)}y`, 'at most 72 bytes'],
    ['73 bytes of fewer characters', `${'\u20ac'.repeat(24)}x`, 'at most 72 bytes'],
    ['75 bytes of 25 characters', '\u20ac'.repeat(25), 'at most 72 bytes'],
    ['half of a surrogate pair', 'xk7-qpzv\ud83d', 'not valid Unicode'],
  ])('refuses %s', (_what, password, reason) => {
    expect(refusal(password)).toContain(reason)
  })

  test.each(['password', 'PassWord', 'PASSWORD123', '12345678', 'iloveyou', 'qwertyuiop'])(
    'refuses the common password %s',
    (password) => {
      expect(refusal(password)).toContain('common')
    },
  )

  test('knows more than 3,000 common passwords that are long enough (OWASP ASVS 5.0 6.2.4)', () => {
    const common = dictionary['passwords-common'].map((it) => refusal(it))
    expect(common.filter((it) => it?.includes('common')).length).toBeGreaterThan(3_000)
  })

  test('measures what is hashed: the NFC form', () => {
    // 37 letters with a combining accent: 111 bytes as typed, 74 composed.
    expect(refusal('e\u0301'.repeat(37))).toContain('at most 72 bytes')
    // 36: 108 bytes as typed, exactly 72 composed.
    expect(refusal('e\u0301'.repeat(36))).toBeUndefined()
    // 8: 16 characters as typed, 8 composed. 7: 14 characters as typed, 7 composed.
    expect(refusal('e\u0301'.repeat(8))).toBeUndefined()
    expect(refusal('e\u0301'.repeat(7))).toContain('at least 8 characters')
  })

  test('does not repeat the password', () => {
    for (const password of ['canary!', 'canary!'.repeat(11), 'password1']) {
      expect(refusal(password)).not.toContain(password)
    }
  })
})
