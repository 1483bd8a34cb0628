import bcrypt from 'bcrypt'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AccountError } from '../src/account-error.js'
import { memoryLoginAttempts } from '../src/memory-login-attempts.js'
import { createPasswordHasher } from '../src/password-hash.js'
import { registerWithEmail } from '../src/register.js'
import { MemoryUsers } from '../src/repositories/memory.js'
import {
  authenticateWithEmailAndPassword,
  countingFailures,
  type CredentialPorts,
  loginWithEmail,
} from '../src/verify-credentials.js'

const createdAt = new Date('2026-01-02T03:04:05.678Z')
const alice = { nickname: 'Alice', email: 'alice@example.org', password: 'corr\u00e9ct: horse' }
const wrong = { email: alice.email, password: 'wrong horse' }
const LIMIT = { failures: 10, windowSeconds: 900 }

let ports: CredentialPorts
let users: MemoryUsers
beforeEach(async () => {
  users = new MemoryUsers()
  const passwords = await createPasswordHasher({ cost: 4 })
  ports = { users, passwords, loginAttempts: memoryLoginAttempts(LIMIT) }
  await registerWithEmail(alice, { id: '1', createdAt }, ports, async () => undefined)
})
afterEach(() => vi.restoreAllMocks())

const authenticate = (credentials: { email: string; password: string }) =>
  authenticateWithEmailAndPassword(credentials, ports)

const refusal = async (credentials: { email: string; password: string }): Promise<unknown> => {
  try {
    return await authenticate(credentials)
  } catch (error) {
    expect(error).toBeInstanceOf(AccountError)
    const { name, code, message, retryAfter } = error as AccountError
    return { name, code, message, retryAfter }
  }
}

/** How many of `times` parallel tries were looked at, by the calls of the hasher. */
const lookedAt = async (times: number, credentials = wrong): Promise<number> => {
  const verify = vi.spyOn(ports.passwords, 'verify')
  await Promise.allSettled(Array.from({ length: times }, () => authenticate(credentials)))
  const { length } = verify.mock.calls
  verify.mockRestore()
  return length
}

describe('authenticating with email and password', () => {
  test('gives the user of the right password, typed on either kind of keyboard', async () => {
    expect(await authenticate(alice)).toMatchObject({ id: '1', email: alice.email })
    const decomposed = { ...alice, password: alice.password.normalize('NFD') }
    expect(await authenticate(decomposed)).toMatchObject({ id: '1' })
  })

  test('answers unknown email and wrong password alike (OWASP ASVS 5.0 6.3.8)', async () => {
    const unknown = await refusal({ ...wrong, email: 'nobody@example.org' })
    expect(unknown).toMatchObject({ name: 'AccountError', code: 'invalid_credentials' })
    expect(await refusal(wrong)).toStrictEqual(unknown)
  })

  test('costs one bcrypt compare of the same cost in both cases', async () => {
    const compare = vi.spyOn(bcrypt, 'compare')
    const hash = vi.spyOn(bcrypt, 'hash')
    await refusal(wrong)
    await refusal({ ...wrong, email: 'nobody@example.org' })
    const costs = compare.mock.calls.map(([, stored]) => bcrypt.getRounds(stored))
    expect(costs).toStrictEqual([4, 4])
    expect(hash).not.toHaveBeenCalled()
  })

  test('looks at exactly 10 of 30 parallel wrong tries (OWASP ASVS 5.0 6.3.1)', async () => {
    expect(await lookedAt(30)).toBe(10)
    expect(await refusal(alice)).toMatchObject({ code: 'too_many_attempts' })
  })

  test('bounds the tries for an unknown email alike', async () => {
    const nobody = { email: 'nobody@example.org', password: 'any' }
    expect(await lookedAt(30, nobody)).toBe(10)
    expect(await refusal(nobody)).toMatchObject({ code: 'too_many_attempts' })
  })

  test('refuses one account and no other', async () => {
    const bob = { nickname: 'Bob', email: 'bob@example.org', password: 'battery staple' }
    await registerWithEmail(bob, { id: '2', createdAt }, ports, async () => undefined)
    await lookedAt(10)
    expect(await refusal(alice)).toMatchObject({ code: 'too_many_attempts' })
    expect(await authenticate(bob)).toMatchObject({ id: '2' })
  })

  test('does not count a success, nor forget the failures before it', async () => {
    await lookedAt(9)
    for (let i = 0; i < 20; i += 1) await authenticate(alice)
    expect(await lookedAt(5)).toBe(1)
  })

  test.each([
    ['a store that is down', new Error('Connection is closed.')],
    ['too many waiting hashes', new AccountError('overloaded', 'Too much.', 2)],
  ])('does not count %s', async (_what, failure) => {
    const verify = vi.spyOn(ports.passwords, 'verify').mockRejectedValue(failure)
    for (let i = 0; i < 20; i += 1) await expect(authenticate(wrong)).rejects.toBe(failure)
    verify.mockRestore()
    expect(await lookedAt(30)).toBe(10)
  })

  test('throws what went wrong first when the counter is down as well', async () => {
    const down = new Error('Connection is closed.')
    vi.spyOn(users, 'findForLogin').mockRejectedValue(down)
    const forgive = () => Promise.reject(new Error('also down'))
    const attempt = { forgive, fail: forgive }
    vi.spyOn(ports.loginAttempts, 'begin').mockResolvedValue(attempt)
    await expect(authenticate(alice)).rejects.toBe(down)
  })

  test('does not look at the password when the counter cannot be asked', async () => {
    const down = new Error('Connection is closed.')
    vi.spyOn(ports.loginAttempts, 'begin').mockRejectedValue(down)
    const verify = vi.spyOn(ports.passwords, 'verify')
    await expect(authenticate(alice)).rejects.toBe(down)
    expect(verify).not.toHaveBeenCalled()
  })

  test.each([
    ['raised', 5],
    ['lowered', 4],
  ])('rehashes after the cost was %s, and keeps the password valid', async (_what, cost) => {
    const before = await createPasswordHasher({ cost: 9 - cost })
    await users.setPassword('1', await before.hash(alice.password), 1)
    ports = { ...ports, passwords: await createPasswordHasher({ cost }) }
    await authenticate(alice)
    const kept = await users.findWithPassword('1')
    expect(bcrypt.getRounds(String(kept?.passwordHash))).toBe(cost)
    expect(kept?.passwordVersion).toBe(2)
    expect(await authenticate(alice)).toMatchObject({ id: '1' })
    expect(await refusal(wrong)).toMatchObject({ code: 'invalid_credentials' })
  })

  test('does not rehash after a wrong password, or while the cost is the same', async () => {
    const rehash = vi.spyOn(users, 'rehash')
    await authenticate(alice)
    ports = { ...ports, passwords: await createPasswordHasher({ cost: 5 }) }
    await refusal(wrong)
    expect(rehash).not.toHaveBeenCalled()
  })

  test.each([3, 10])('gives back the place of a client that left, %i times', async (times) => {
    const verify = vi.spyOn(ports.passwords, 'verify')
    const gone = AbortSignal.abort(new Error('the client left'))
    for (let i = 0; i < times; i += 1) {
      const login = authenticateWithEmailAndPassword(wrong, ports, gone)
      await expect(login).rejects.toBe(gone.reason)
    }
    verify.mockRestore()
    expect(await lookedAt(30)).toBe(10)
  })
})

describe('logging in with email', () => {
  test('gives the user and the credential that was issued, and withdraws nothing', async () => {
    const withdraw = vi.fn(async () => undefined)
    const login = await loginWithEmail(alice, ports, async ({ id }) => `for ${id}`, withdraw)
    expect(login).toMatchObject({ user: { id: '1' }, credential: 'for 1' })
    expect(withdraw).not.toHaveBeenCalled()
  })

  test('issues nothing for a wrong password', async () => {
    const issue = vi.fn(async () => 'credential')
    const login = loginWithEmail(wrong, ports, issue, async () => undefined)
    await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(issue).not.toHaveBeenCalled()
  })

  test('withdraws the credential when the password was changed meanwhile', async () => {
    const withdraw = vi.fn(async (_credential: string) => undefined)
    const issue = async (): Promise<string> => {
      await users.setPassword('1', 'hash of the new password', 1)
      return 'credential'
    }
    const login = loginWithEmail(alice, ports, issue, withdraw)
    await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(withdraw.mock.calls).toStrictEqual([['credential']])
  })

  test('withdraws the credential when the user was deleted meanwhile', async () => {
    const withdraw = vi.fn(async (_credential: string) => undefined)
    vi.spyOn(users, 'passwordVersion').mockResolvedValue(undefined)
    const login = loginWithEmail(alice, ports, async () => 'credential', withdraw)
    await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(withdraw).toHaveBeenCalledTimes(1)
  })

  test('is not taken for a changed password when only the cost was raised', async () => {
    ports = { ...ports, passwords: await createPasswordHasher({ cost: 5 }) }
    const login = await loginWithEmail(
      alice,
      ports,
      async () => 'credential',
      async () => undefined,
    )
    expect(login.credential).toBe('credential')
  })
})

describe('while the store of attempts does not answer', () => {
  const lost = new Error('Command timed out')
  const attempt = { fail: () => Promise.reject(lost), forgive: () => Promise.reject(lost) }
  const attempts = { begin: async () => attempt }

  test('a right and a wrong password get the same error, so guesses learn nothing', async () => {
    const wrongPassword = new AccountError('invalid_credentials', 'wrong')
    const right = countingFailures('a@example.org', attempts, async () => 'user')
    const guess = countingFailures('a@example.org', attempts, () => Promise.reject(wrongPassword))
    await expect(right).rejects.toBe(lost)
    await expect(guess).rejects.toBe(lost)
  })
})
