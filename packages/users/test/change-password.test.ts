import { beforeEach, describe, expect, test, vi } from 'vitest'
import { changePassword } from '../src/change-password.js'
import { memoryLoginAttempts } from '../src/memory-login-attempts.js'
import { createPasswordHasher } from '../src/password-hash.js'
import { registerWithEmail } from '../src/register.js'
import { MemoryUsers } from '../src/repositories/memory.js'
import {
  authenticateWithEmailAndPassword,
  type CredentialPorts,
} from '../src/verify-credentials.js'

const createdAt = new Date('2026-01-02T03:04:05.678Z')
const alice = { nickname: 'Alice', email: 'alice@example.org', password: 'the old horse' }
const change = { userId: '1', currentPassword: alice.password, password: 'the new horse' }

let ports: CredentialPorts
let users: MemoryUsers
beforeEach(async () => {
  users = new MemoryUsers()
  const passwords = await createPasswordHasher({ cost: 4 })
  const loginAttempts = memoryLoginAttempts({ failures: 10, windowSeconds: 900 })
  ports = { users, passwords, loginAttempts }
  await registerWithEmail(alice, { id: '1', createdAt }, ports, async () => undefined)
})

const authenticate = (password: string) =>
  authenticateWithEmailAndPassword({ email: alice.email, password }, ports)

const versionNow = () => users.passwordVersion('1')

describe('changing the password (OWASP ASVS 5.0 6.2.3, 7.4.3)', () => {
  test('makes the new one valid and the old one invalid', async () => {
    const user = await changePassword(change, ports, async () => undefined)
    expect(user).toStrictEqual({ id: '1', nickname: 'Alice', email: alice.email, createdAt })
    expect(await authenticate(change.password)).toMatchObject({ id: '1', passwordVersion: 2 })
    await expect(authenticate(alice.password)).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
  })

  test('ends other devices when the new one is set, for a login in between', async () => {
    const versions: unknown[] = []
    await changePassword(change, ports, async () => void versions.push(await versionNow()))
    expect(versions).toStrictEqual([2])
  })

  test('changes nothing while the store of the devices is down', async () => {
    const down = new Error('Connection is closed.')
    await expect(changePassword(change, ports, () => Promise.reject(down))).rejects.toBe(down)
    expect(await authenticate(alice.password)).toMatchObject({ id: '1' })
    await expect(authenticate(change.password)).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
  })

  test('refuses a wrong current password, and ends no device', async () => {
    const end = vi.fn(async () => undefined)
    const guess = { ...change, currentPassword: 'a wrong horse' }
    const changing = changePassword(guess, ports, end)
    await expect(changing).rejects.toMatchObject({ code: 'wrong_current_password' })
    expect(end).not.toHaveBeenCalled()
    expect(await versionNow()).toBe(1)
  })

  test('counts a wrong current password as a failed login of that account', async () => {
    const guess = { ...change, currentPassword: 'a wrong horse' }
    const guesses = Array.from({ length: 30 }, () =>
      changePassword(guess, ports, async () => undefined),
    )
    const codes = (await Promise.allSettled(guesses)).map(
      (it) => it.status === 'rejected' && it.reason.code,
    )
    expect(codes.filter((it) => it === 'wrong_current_password')).toHaveLength(10)
    expect(codes.filter((it) => it === 'too_many_attempts')).toHaveLength(20)
    await expect(authenticate(alice.password)).rejects.toMatchObject({ code: 'too_many_attempts' })
  })

  test('does not count the right one', async () => {
    for (let i = 0; i < 12; i += 1) {
      const password = `the new horse ${i}`
      const currentPassword = i === 0 ? alice.password : `the new horse ${i - 1}`
      await changePassword({ ...change, currentPassword, password }, ports, async () => undefined)
    }
    expect(await versionNow()).toBe(13)
  })

  test('applies the password policy before it looks at anything', async () => {
    const find = vi.spyOn(users, 'findWithPassword')
    const weak = { ...change, password: 'password' }
    const changing = changePassword(weak, ports, async () => undefined)
    await expect(changing).rejects.toMatchObject({ code: 'password_refused' })
    expect(find).not.toHaveBeenCalled()
  })

  test('of two at once, one wins; the other one is told, and ends no device', async () => {
    const ended: string[] = []
    const both = await Promise.allSettled(
      ['the first horse', 'the second horse'].map((password) =>
        changePassword({ ...change, password }, ports, async () => void ended.push(password)),
      ),
    )
    const lost = both.filter((it) => it.status === 'rejected')
    expect(lost.map((it) => it.reason.code)).toStrictEqual(['password_changed'])
    expect(ended).toHaveLength(1)
    expect(await versionNow()).toBe(2)
  })

  test('gives undefined for a user who does not exist any more', async () => {
    const end = vi.fn(async () => undefined)
    expect(await changePassword({ ...change, userId: '2' }, ports, end)).toBeUndefined()
    expect(end).not.toHaveBeenCalled()
  })
})
