import { expect, test } from 'vitest'
import { memoryLoginAttempts } from '../src/memory-login-attempts.js'
import { normalizeEmail } from '../src/email.js'

test.each([
  ['a@example.org', 'a@example.org'],
  [' A@Example.ORG\u00a0', 'a@example.org'],
  ['\u212a@example.org', '\u212a@example.org'],
  ['\u0130@Example.org', '\u0130@example.org'],
])('the email %j is %j wherever it is stored, looked up or counted', (email, normal) => {
  expect(normalizeEmail(email)).toBe(normal)
  expect(normalizeEmail(normal)).toBe(normal)
})

test('failed logins are counted per normalized email', async () => {
  const attempts = memoryLoginAttempts({ failures: 1, windowSeconds: 900 })
  await attempts.begin('K@example.org')
  const code = 'too_many_attempts'
  await expect(attempts.begin(' k@example.org')).rejects.toMatchObject({ code })
  await expect(attempts.begin('\u212a@example.org')).resolves.toBeDefined()
})
