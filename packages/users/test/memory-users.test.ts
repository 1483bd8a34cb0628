import { beforeEach, describe, expect, test } from 'vitest'
import { MemoryUsers } from '../src/repositories/memory.js'

const createdAt = new Date('2026-01-02T03:04:05.678Z')
const user = (id: string, nickname: string, email = `${id}@example.org`) => ({
  id,
  nickname,
  email,
  passwordHash: `hash of ${id}`,
  createdAt,
})

let users: MemoryUsers
beforeEach(() => {
  users = new MemoryUsers()
})

describe('users in memory', () => {
  test('are shown without hash and version, but to the password checks', async () => {
    const shown = { id: '1', nickname: 'Alice', email: 'a@example.org', createdAt }
    expect(await users.add(user('1', 'Alice', 'a@example.org'))).toStrictEqual(shown)
    expect(await users.findById('1')).toStrictEqual(shown)
    expect(await users.rename('1', 'Alina')).toStrictEqual({ ...shown, nickname: 'Alina' })
    expect(await users.setPassword('1', 'new', 1)).toStrictEqual({ ...shown, nickname: 'Alina' })
    const whole = { ...shown, nickname: 'Alina', passwordHash: 'new', passwordVersion: 2 }
    expect(await users.findForLogin('a@example.org')).toMatchObject({ user: whole })
    expect(await users.findWithPassword('1')).toStrictEqual(whole)
  })

  test('that do not exist are undefined everywhere', async () => {
    expect(await users.findById('1')).toBeUndefined()
    const nobody = { user: undefined, highestCost: 0 }
    expect(await users.findForLogin('a@example.org')).toStrictEqual(nobody)
    expect(await users.findWithPassword('1')).toBeUndefined()
    expect(await users.rename('1', 'any')).toBeUndefined()
    expect(await users.setPassword('1', 'any', 1)).toBeUndefined()
    expect(await users.passwordVersion('1')).toBeUndefined()
  })

  test.each([
    ['letter case', 'alice', 'ALICE'],
    ['composition', 'Ren\u00e9', 'Rene\u0301'],
    ['width', 'alice', '\uff41\uff4c\uff49\uff43\uff45'],
    ['ligatures', 'o\ufb03cer', 'officer'],
  ])('do not share a nickname that differs in %s only', async (_what, first, second) => {
    await users.add(user('1', first))
    const refused = { code: 'nickname_taken' }
    await expect(users.add(user('2', second))).rejects.toMatchObject(refused)
    await users.add(user('3', 'somebody'))
    await expect(users.rename('3', second)).rejects.toMatchObject(refused)
    expect((await users.findById('3'))?.nickname).toBe('somebody')
  })

  test('may change the case of their own nickname', async () => {
    await users.add(user('1', 'alice'))
    expect((await users.rename('1', 'ALICE'))?.nickname).toBe('ALICE')
  })

  test('do not share an email', async () => {
    await users.add(user('1', 'alice', 'a@example.org'))
    const second = users.add(user('2', 'bob', 'a@example.org'))
    await expect(second).rejects.toMatchObject({ code: 'email_taken' })
  })

  test('are listed in the order of nicknames, page after page, each once', async () => {
    for (const name of ['bob', 'Alice', 'dora', 'Carl', 'eve']) await users.add(user(name, name))
    const first = await users.list({ limit: 2 })
    expect(first).toStrictEqual([
      { id: 'Alice', nickname: 'Alice' },
      { id: 'bob', nickname: 'bob' },
    ])
    const second = await users.list({ after: 'bob', limit: 2 })
    expect(second.map((it) => it.nickname)).toStrictEqual(['Carl', 'dora'])
    const third = await users.list({ after: 'dora', limit: 2 })
    expect(third.map((it) => it.nickname)).toStrictEqual(['eve'])
  })

  test('take a new password only for the version that was read; one of two wins', async () => {
    await users.add(user('1', 'alice'))
    const both = await Promise.all([
      users.setPassword('1', 'first', 1),
      users.setPassword('1', 'second', 1),
    ])
    expect(both.filter((it) => it !== undefined)).toHaveLength(1)
    expect(await users.passwordVersion('1')).toBe(2)
    expect((await users.findWithPassword('1'))?.passwordHash).toBe('first')
  })

  test('keep their version when the same password is hashed again', async () => {
    await users.add(user('1', 'alice'))
    await users.rehash('1', 'hash of 1', 'dearer hash')
    expect(await users.findWithPassword('1')).toMatchObject({
      passwordHash: 'dearer hash',
      passwordVersion: 1,
    })
    await users.rehash('1', 'hash of 1', 'hash of an old password')
    expect((await users.findWithPassword('1'))?.passwordHash).toBe('dearer hash')
  })
})
