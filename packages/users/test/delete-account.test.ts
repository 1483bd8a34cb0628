import { beforeEach, describe, expect, test, vi } from 'vitest'
import { changePassword } from '../src/change-password.js'
import { deleteAccount } from '../src/delete-account.js'
import { memoryLoginAttempts } from '../src/memory-login-attempts.js'
import { createPasswordHasher } from '../src/password-hash.js'
import { registerWithEmail } from '../src/register.js'
import { MemoryUsers } from '../src/repositories/memory.js'
import { finishDueRevocations } from '../src/revocation.js'
import { type CredentialPorts, loginWithEmail } from '../src/verify-credentials.js'
import { TestDevices } from './test-devices.js'

const createdAt = new Date('2026-01-02T03:04:05.678Z')
const alice = { nickname: 'Alice', email: 'alice@example.org', password: 'the old horse' }
const deletion = { userId: '1', currentPassword: alice.password }
const down = new Error('Connection is closed.')

let ports: CredentialPorts
let users: MemoryUsers
let store: TestDevices
beforeEach(async () => {
  users = new MemoryUsers()
  const passwords = await createPasswordHasher({ cost: 4 })
  const loginAttempts = memoryLoginAttempts({ failures: 10, windowSeconds: 900 })
  ports = { users, passwords, loginAttempts }
  await register('1')
  store = new TestDevices()
  store.begin('phone', '1', 1)
  store.begin('laptop', '1', 1)
  store.begin('of bob', '2', 1)
})

const register = async (id: string) =>
  registerWithEmail(alice, { id, createdAt }, ports, async () => undefined)

const deleteIt = async (it = deletion) => deleteAccount(it, ports, store)
const pending = async () => users.dueRevocations(store.place)

describe('deleting an account (OWASP ASVS 5.0 7.4.2)', () => {
  test('deletes the user, ends every device and leaves nothing to do', async () => {
    expect(await deleteIt()).toBe(true)
    expect(await users.findById('1')).toBeUndefined()
    expect(store.ids).toStrictEqual(['of bob'])
    expect(await pending()).toStrictEqual([])
  })

  test('ends the devices only when the account is gone', async () => {
    const seen: unknown[] = []
    store.beforeEnding = async () => seen.push(await users.findById('1'))
    await deleteIt()
    expect(seen).toStrictEqual([undefined])
  })

  test('frees nickname and email for somebody else', async () => {
    await deleteIt()
    expect((await register('3')).user).toMatchObject({ id: '3', nickname: 'Alice' })
  })

  test('refuses a wrong current password, and changes nothing', async () => {
    const deleting = deleteIt({ ...deletion, currentPassword: 'a wrong horse' })
    await expect(deleting).rejects.toMatchObject({ code: 'wrong_current_password' })
    expect(await users.findById('1')).toBeDefined()
    expect(store.calls).toBe(0)
  })

  test('counts a wrong current password as a failed login of that account', async () => {
    const guess = { ...deletion, currentPassword: 'a wrong horse' }
    const guesses = Array.from({ length: 12 }, async () => deleteIt(guess))
    const codes = (await Promise.allSettled(guesses)).map(
      (it) => it.status === 'rejected' && it.reason.code,
    )
    expect(codes.filter((it) => it === 'wrong_current_password')).toHaveLength(10)
    expect(codes.filter((it) => it === 'too_many_attempts')).toHaveLength(2)
    await expect(deleteIt()).rejects.toMatchObject({ code: 'too_many_attempts' })
  })

  test('says false for a user who is gone already', async () => {
    await deleteIt()
    expect(await deleteIt()).toBe(false)
  })

  test('says so to the slower of two requests that delete the account at once', async () => {
    const answers = await Promise.all([deleteIt(), deleteIt()])
    expect(answers.filter((isDeleted) => isDeleted)).toHaveLength(1)
    expect(store.ids).toStrictEqual(['of bob'])
  })

  test.each(['devices are kept', 'no devices are kept'])(
    'makes a password change that it overtakes find no user, where %s',
    async (where) => {
      const others = where === 'devices are kept' ? { store, keptDevice: undefined } : undefined
      const find = users.findWithPassword.bind(users)
      vi.spyOn(users, 'findWithPassword').mockImplementationOnce(async (id) => {
        const read = await find(id)
        await deleteIt()
        return read
      })
      const { userId, currentPassword } = deletion
      const change = { userId, currentPassword, password: 'the new horse' }
      expect(await changePassword(change, ports, others)).toBeUndefined()
    },
  )

  test('works where no devices are kept, and records nothing', async () => {
    expect(await deleteAccount(deletion, ports, undefined)).toBe(true)
    expect(await users.findById('1')).toBeUndefined()
    expect(await pending()).toStrictEqual([])
  })

  test('keeps the account if another device sets a new password meanwhile', async () => {
    const find = users.findWithPassword.bind(users)
    vi.spyOn(users, 'findWithPassword').mockImplementationOnce(async (id) => {
      const read = await find(id)
      const change = { userId: id, currentPassword: alice.password, password: 'the new horse' }
      await changePassword(change, ports, undefined)
      return read
    })
    await expect(deleteIt()).rejects.toMatchObject({ code: 'password_changed' })
    expect(await users.passwordVersion('1')).toBe(2)
    expect(store.calls).toBe(0)
  })

  test('withdraws a login that overlaps it', async () => {
    const withdrawn: string[] = []
    const login = loginWithEmail(
      alice,
      ports,
      async () => {
        await deleteIt()
        return 'late'
      },
      async (credential) => void withdrawn.push(credential),
    )
    await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(withdrawn).toStrictEqual(['late'])
  })
})

describe('a deletion while the store of the devices is down', () => {
  test('has deleted the account; the devices end when the store is back', async () => {
    store.beforeEnding = () => Promise.reject(down)
    expect(await deleteIt()).toBe(true)
    expect(await users.findById('1')).toBeUndefined()
    expect(store.ids).toContain('phone')
    await expect(finishDueRevocations(users, store)).rejects.toBe(down)
    store.beforeEnding = () => undefined
    await finishDueRevocations(users, store)
    expect(store.ids).toStrictEqual(['of bob'])
    expect(await pending()).toStrictEqual([])
  })

  test('also ends devices that an interrupted change of the password has left', async () => {
    const change = { userId: '1', currentPassword: alice.password, password: 'the new horse' }
    store.beforeEnding = (call) => (call === 1 ? undefined : Promise.reject(down))
    await changePassword(change, ports, { store, keptDevice: 'phone' })
    expect(await deleteIt({ ...deletion, currentPassword: change.password })).toBe(true)
    store.beforeEnding = () => undefined
    await finishDueRevocations(users, store)
    expect(store.ids).toStrictEqual(['of bob'])
  })
})
