import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createPasswordHasher, type PasswordHasher, verifyPassword } from '../src/password-hash.js'
import { registerWithEmail } from '../src/register.js'
import { MemoryUsers } from '../src/repositories/memory.js'

const createdAt = new Date('2026-01-02T03:04:05.678Z')
const alice = { nickname: 'Alice', email: 'alice@example.org', password: 'a horse: correct' }

type Arguments = Parameters<typeof registerWithEmail>
const register = (registration: Arguments[0], facts: Arguments[1], ports: Arguments[2]) =>
  registerWithEmail(registration, facts, ports, async () => 'credential')

let passwords: PasswordHasher
beforeAll(async () => {
  passwords = await createPasswordHasher({ cost: 4 })
})

describe('registering with email', () => {
  test('gives the user, with the given facts and nothing of the password', async () => {
    const users = new MemoryUsers()
    const { user } = await register(alice, { id: '1', createdAt }, { users, passwords })
    expect(user).toStrictEqual({
      id: '1',
      nickname: 'Alice',
      email: 'alice@example.org',
      createdAt,
    })
  })

  test('keeps a hash in place of the password', async () => {
    const users = new MemoryUsers()
    await register(alice, { id: '1', createdAt }, { users, passwords })
    const kept = await users.findWithPassword('1')
    expect(JSON.stringify(kept)).not.toContain(alice.password)
    expect(await verifyPassword(alice.password, String(kept?.passwordHash))).toBe(true)
  })

  test('applies the password policy before it hashes, and writes nothing', async () => {
    const users = new MemoryUsers()
    const never = { ...passwords, hash: () => Promise.reject(new Error('hashed')) }
    const registering = register(
      { ...alice, password: 'password' },
      { id: '1', createdAt },
      { users, passwords: never },
    )
    await expect(registering).rejects.toMatchObject({ code: 'password_refused' })
    expect(await users.list({ limit: 10 })).toStrictEqual([])
  })

  test('writes nothing when hashing is refused', async () => {
    const users = new MemoryUsers()
    const overloaded = { ...passwords, hash: () => Promise.reject(new Error('overloaded')) }
    const ports = { users, passwords: overloaded }
    await expect(register(alice, { id: '1', createdAt }, ports)).rejects.toThrow('overloaded')
    expect(await users.list({ limit: 10 })).toStrictEqual([])
  })

  test.each([
    ['email', { email: 'alice@example.org' }, 'email_taken'],
    ['nickname', { nickname: 'aLICE' }, 'nickname_taken'],
  ])('of 20 at once with the same %s, one wins', async (_what, shared, code) => {
    const users = new MemoryUsers()
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, i) => {
        const own = { nickname: `user ${i}`, email: `user${i}@example.org` }
        const facts = { id: String(i), createdAt }
        return register({ ...alice, ...own, ...shared }, facts, { users, passwords })
      }),
    )
    const refused = results.filter((it) => it.status === 'rejected')
    expect(refused).toHaveLength(19)
    for (const it of refused) expect(it.reason).toMatchObject({ name: 'AccountError', code })
    expect(await users.list({ limit: 100 })).toHaveLength(1)
  })

  test('20 at once with names of their own all succeed', async () => {
    const users = new MemoryUsers()
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        register(
          { ...alice, nickname: `user ${i}`, email: `user${i}@example.org` },
          { id: String(i), createdAt },
          { users, passwords },
        ),
      ),
    )
    expect(await users.list({ limit: 100 })).toHaveLength(20)
  })

  test('gives the credential that was issued for the new user', async () => {
    const issue = vi.fn(async ({ id }: { id: string }, _version: number) => `for ${id}`)
    const ports = { users: new MemoryUsers(), passwords }
    const { user, credential } = await registerWithEmail(
      alice,
      { id: '1', createdAt },
      ports,
      issue,
    )
    expect(credential).toBe('for 1')
    expect(issue.mock.calls).toStrictEqual([[user, 1]])
  })

  test('takes the user back where no credential can be issued: the names are free again', async () => {
    const users = new MemoryUsers()
    const down = new Error('Connection is closed.')
    const failing = registerWithEmail(alice, { id: '1', createdAt }, { users, passwords }, () =>
      Promise.reject(down),
    )
    await expect(failing).rejects.toBe(down)
    expect(await users.list({ limit: 10 })).toStrictEqual([])
    const again = await register(alice, { id: '2', createdAt }, { users, passwords })
    expect(again.user.id).toBe('2')
  })

  test('issues nothing, and takes back nobody, where the name is taken', async () => {
    const users = new MemoryUsers()
    await register(alice, { id: '1', createdAt }, { users, passwords })
    const issue = vi.fn(async () => 'credential')
    const second = registerWithEmail(alice, { id: '2', createdAt }, { users, passwords }, issue)
    await expect(second).rejects.toMatchObject({ name: 'AccountError' })
    expect(issue).not.toHaveBeenCalled()
    expect(await users.list({ limit: 10 })).toStrictEqual([{ id: '1', nickname: 'Alice' }])
  })
})
