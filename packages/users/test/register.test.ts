import { beforeAll, describe, expect, test } from 'vitest'
import { createPasswordHasher, type PasswordHasher, verifyPassword } from '../src/password-hash.js'
import { registerWithEmail } from '../src/register.js'
import { MemoryUsers } from '../src/repositories/memory.js'

const createdAt = new Date('2026-01-02T03:04:05.678Z')
const alice = { nickname: 'Alice', email: 'alice@example.org', password: 'a horse: correct' }

let passwords: PasswordHasher
beforeAll(async () => {
  passwords = await createPasswordHasher({ cost: 4 })
})

describe('registering with email', () => {
  test('gives the user, with the given facts and nothing of the password', async () => {
    const users = new MemoryUsers()
    const user = await registerWithEmail(alice, { id: '1', createdAt }, { users, passwords })
    expect(user).toStrictEqual({
      id: '1',
      nickname: 'Alice',
      email: 'alice@example.org',
      createdAt,
    })
  })

  test('keeps a hash in place of the password', async () => {
    const users = new MemoryUsers()
    await registerWithEmail(alice, { id: '1', createdAt }, { users, passwords })
    const kept = await users.findByEmail(alice.email)
    expect(JSON.stringify(kept)).not.toContain(alice.password)
    expect(await verifyPassword(alice.password, String(kept?.passwordHash))).toBe(true)
  })

  test('applies the password policy before it hashes, and writes nothing', async () => {
    const users = new MemoryUsers()
    const never = { ...passwords, hash: () => Promise.reject(new Error('hashed')) }
    const registering = registerWithEmail(
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
    await expect(registerWithEmail(alice, { id: '1', createdAt }, ports)).rejects.toThrow(
      'overloaded',
    )
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
        return registerWithEmail({ ...alice, ...own, ...shared }, facts, { users, passwords })
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
        registerWithEmail(
          { ...alice, nickname: `user ${i}`, email: `user${i}@example.org` },
          { id: String(i), createdAt },
          { users, passwords },
        ),
      ),
    )
    expect(await users.list({ limit: 100 })).toHaveLength(20)
  })
})
