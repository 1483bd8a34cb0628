import { beforeEach, describe, expect, test, vi } from 'vitest'
import { changePassword } from '../src/change-password.js'
import { memoryLoginAttempts } from '../src/memory-login-attempts.js'
import { createPasswordHasher } from '../src/password-hash.js'
import { registerWithEmail } from '../src/register.js'
import { MemoryUsers } from '../src/repositories/memory.js'
import { finishDueRevocations } from '../src/revocation.js'
import {
  authenticateWithEmailAndPassword,
  type CredentialPorts,
} from '../src/verify-credentials.js'
import { TestDevices } from './test-devices.js'

const createdAt = new Date('2026-01-02T03:04:05.678Z')
const alice = { nickname: 'Alice', email: 'alice@example.org', password: 'the old horse' }
const change = { userId: '1', currentPassword: alice.password, password: 'the new horse' }
const down = new Error('Connection is closed.')

let ports: CredentialPorts
let users: MemoryUsers
let store: TestDevices
beforeEach(async () => {
  users = new MemoryUsers()
  const passwords = await createPasswordHasher({ cost: 4 })
  const loginAttempts = memoryLoginAttempts({ failures: 10, windowSeconds: 900 })
  ports = { users, passwords, loginAttempts }
  await registerWithEmail(alice, { id: '1', createdAt }, ports, async () => undefined)
  store = new TestDevices()
  store.begin('mine', '1', 1)
  store.begin('thief', '1', 1)
  store.begin('of bob', '2', 1)
})

const authenticate = (password: string) =>
  authenticateWithEmailAndPassword({ email: alice.email, password }, ports)

const changeIt = (it = change, keptDevice = 'mine') =>
  changePassword(it, ports, { store, keptDevice })

const versionNow = () => users.passwordVersion('1')
const pending = () => users.dueRevocations(store.place)

describe('changing the password (OWASP ASVS 5.0 6.2.3, 7.4.3)', () => {
  test('makes the new one valid and the old one invalid', async () => {
    const user = await changeIt()
    expect(user).toStrictEqual({ id: '1', nickname: 'Alice', email: alice.email, createdAt })
    expect(await authenticate(change.password)).toMatchObject({ id: '1', passwordVersion: 2 })
    await expect(authenticate(alice.password)).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
  })

  test('ends the other devices of this user, and leaves nothing to do', async () => {
    await changeIt()
    expect(store.ids).toStrictEqual(['mine', 'of bob'])
    expect(await pending()).toStrictEqual([])
  })

  test('ends the others before it sets the password, so no later failure can keep them', async () => {
    const versions: unknown[] = []
    store.beforeEnding = async () => versions.push(await versionNow())
    await changeIt()
    expect(versions).toStrictEqual([1, 2])
  })

  test('also ends a device that logs in with the old password in between', async () => {
    const setPassword = users.setPassword.bind(users)
    users.setPassword = async (...values) => {
      store.begin('late thief', '1', 1)
      return setPassword(...values)
    }
    await changeIt()
    expect(store.ids).toStrictEqual(['mine', 'of bob'])
  })

  test('refuses a wrong current password, and ends no device', async () => {
    const changing = changeIt({ ...change, currentPassword: 'a wrong horse' })
    await expect(changing).rejects.toMatchObject({ code: 'wrong_current_password' })
    expect(store.calls).toBe(0)
    expect(await versionNow()).toBe(1)
  })

  test('counts a wrong current password as a failed login of that account', async () => {
    const guess = { ...change, currentPassword: 'a wrong horse' }
    const guesses = Array.from({ length: 30 }, () => changeIt(guess))
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
      await changeIt({ ...change, currentPassword, password })
    }
    expect(await versionNow()).toBe(13)
  })

  test('applies the password policy before it looks at anything', async () => {
    const find = vi.spyOn(users, 'findWithPassword')
    await expect(changeIt({ ...change, password: 'password' })).rejects.toMatchObject({
      code: 'password_refused',
    })
    expect(find).not.toHaveBeenCalled()
  })

  test('of two devices at once, one wins and stays; the other one gets an error and ends nobody', async () => {
    const names = ['mine', 'thief']
    const both = await Promise.allSettled(
      names.map((device) => changeIt({ ...change, password: `new horse of ${device}` }, device)),
    )
    const lost = both.filter((it) => it.status === 'rejected')
    expect(lost.map((it) => it.reason.code)).toStrictEqual(['password_changed'])
    const winner = names[both.findIndex((it) => it.status === 'fulfilled')]
    expect(store.ids).toStrictEqual([winner, 'of bob'])
    expect(await versionNow()).toBe(2)
    expect(await pending()).toStrictEqual([])
  })

  test('gives undefined for a user who does not exist any more', async () => {
    expect(await changeIt({ ...change, userId: '3' })).toBeUndefined()
    expect(store.calls).toBe(0)
  })

  test('where no devices are kept, sets the password and records nothing', async () => {
    expect(await changePassword(change, ports, undefined)).toMatchObject({ id: '1' })
    expect(await versionNow()).toBe(2)
    expect(await pending()).toStrictEqual([])
  })
})

describe('a password change that fails half-way', () => {
  test('is refused before it has changed the password while the store of the devices is down', async () => {
    store.beforeEnding = () => Promise.reject(down)
    await expect(changeIt()).rejects.toBe(down)
    expect(await authenticate(alice.password)).toMatchObject({ id: '1' })
    await expect(authenticate(change.password)).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
  })

  test('has logged out the others when the password was set and its answer is lost', async () => {
    const setPassword = users.setPassword.bind(users)
    users.setPassword = async (...values) => {
      store.begin('late thief', '1', 1)
      await setPassword(...values)
      throw down
    }
    await expect(changeIt()).rejects.toBe(down)
    expect(await versionNow()).toBe(2)
    expect(store.ids).toStrictEqual(['mine', 'of bob', 'late thief'])
    await finishDueRevocations(users, store)
    expect(store.ids).toStrictEqual(['mine', 'of bob'])
  })

  test('has succeeded when only the last revocation fails, which is repeated until it is done', async () => {
    const setPassword = users.setPassword.bind(users)
    users.setPassword = async (...values) => {
      store.begin('late thief', '1', 1)
      return setPassword(...values)
    }
    store.beforeEnding = (call) => (call === 1 ? undefined : Promise.reject(down))
    expect(await changeIt()).toMatchObject({ id: '1' })
    expect(store.ids).toContain('late thief')
    await expect(finishDueRevocations(users, store)).rejects.toBe(down)
    store.beforeEnding = () => undefined
    await finishDueRevocations(users, store)
    expect(store.ids).toStrictEqual(['mine', 'of bob'])
    expect(await pending()).toStrictEqual([])
  })

  test('has succeeded when only its record cannot be removed', async () => {
    const remove = vi.spyOn(users, 'removeRevocation').mockRejectedValueOnce(down)
    expect(await changeIt()).toMatchObject({ id: '1' })
    expect(await pending()).toHaveLength(1)
    await finishDueRevocations(users, store)
    expect(remove).toHaveBeenCalledTimes(2)
    expect(await pending()).toStrictEqual([])
  })

  test('does not end a device that logs in with the new password before the repetition', async () => {
    store.beforeEnding = (call) => (call === 1 ? undefined : Promise.reject(down))
    await changeIt()
    store.begin('with the new password', '1', 2)
    store.beforeEnding = () => undefined
    await finishDueRevocations(users, store)
    expect(store.ids).toStrictEqual(['mine', 'of bob', 'with the new password'])
  })

  test('can be tried again at once, and by the same device', async () => {
    store.beforeEnding = () => Promise.reject(down)
    await expect(changeIt()).rejects.toBe(down)
    store.beforeEnding = () => undefined
    await changeIt()
    expect(await versionNow()).toBe(2)
    expect(store.ids).toStrictEqual(['mine', 'of bob'])
    expect(await pending()).toStrictEqual([])
  })

  test('does not outlive a later change by another device', async () => {
    store.beforeEnding = (call) => (call === 1 ? undefined : Promise.reject(down))
    await changeIt()
    store.begin('laptop', '1', 2)
    store.beforeEnding = () => undefined
    const next = { ...change, currentPassword: change.password, password: 'the newest horse' }
    await changeIt(next, 'laptop')
    expect(store.ids).toStrictEqual(['of bob', 'laptop'])
    expect(await pending()).toStrictEqual([])
  })
})

test('a revocation that fails does not keep the others from being finished', async () => {
  const bob = { nickname: 'Bob', email: 'bob@example.org', password: 'the horse of bob' }
  await registerWithEmail(bob, { id: '2', createdAt }, ports, async () => undefined)
  const ids = ['1', '2']
  for (const userId of ids) {
    const announced = { id: userId, place: store.place, userId, passwordVersion: 2 }
    await users.announceRevocation({ ...announced, keptDevice: undefined })
  }
  store.beforeEnding = (call) => (call === 1 ? Promise.reject(down) : undefined)
  await expect(finishDueRevocations(users, store)).rejects.toBe(down)
  expect((await pending()).map(({ userId }) => userId)).toStrictEqual(['1'])
  expect(store.ids).toStrictEqual(['mine', 'thief'])
})
