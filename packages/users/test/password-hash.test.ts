import bcrypt from 'bcrypt'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createPasswordHasher, hashPassword, verifyPassword } from '../src/password-hash.js'

const COST = 4
const COMPOSED = 'caf\u00e9 au lait'
const DECOMPOSED = 'cafe\u0301 au lait'

/** Lets what is queued begin: the queue starts work in a later microtask. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

afterEach(() => vi.restoreAllMocks())

describe('a password hash', () => {
  test('matches its password and no other', async () => {
    const hash = await hashPassword('correct horse', COST)
    expect(await verifyPassword('correct horse', hash)).toBe(true)
    expect(await verifyPassword('correct horsf', hash)).toBe(false)
    expect(await verifyPassword('Correct horse', hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
  })

  test('has a salt of its own: the same password gives two hashes (OWASP Password Storage)', async () => {
    const hashes = [await hashPassword('same', COST), await hashPassword('same', COST)]
    expect(hashes[0]).not.toBe(hashes[1])
    expect(await verifyPassword('same', String(hashes[0]))).toBe(true)
    expect(await verifyPassword('same', String(hashes[1]))).toBe(true)
  })

  test.each([4, 5])('is made with the cost that was asked for: %i', async (cost) => {
    expect(bcrypt.getRounds(await hashPassword('any', cost))).toBe(cost)
  })

  test('does not tell a composed letter from a decomposed one (NFC, NIST SP 800-63B 3.1.1.2)', async () => {
    expect(COMPOSED).not.toBe(DECOMPOSED)
    expect(await verifyPassword(DECOMPOSED, await hashPassword(COMPOSED, COST))).toBe(true)
    expect(await verifyPassword(COMPOSED, await hashPassword(DECOMPOSED, COST))).toBe(true)
  })

  test('does not fold compatible characters, as NFKC would', async () => {
    const hash = await hashPassword('\ufb01nancial', COST)
    expect(await verifyPassword('financial', hash)).toBe(false)
  })

  test.each([
    ['a NUL', 'before\0after', 'before\0AFTER'],
    ['a NUL at the end', 'before\0', 'before'],
    ['a colon', 'be:fore:after', 'be'],
    ['spaces around it', ' padded ', 'padded'],
  ])('counts every character of a password with %s', async (_what, password, other) => {
    const hash = await hashPassword(password, COST)
    expect(await verifyPassword(password, hash)).toBe(true)
    expect(await verifyPassword(other, hash)).toBe(false)
  })

  test('counts the last of 72 bytes', async () => {
    const hash = await hashPassword(`${'x'.repeat(71)}y`, COST)
    expect(await verifyPassword(`${'x'.repeat(71)}y`, hash)).toBe(true)
    expect(await verifyPassword(`${'x'.repeat(71)}z`, hash)).toBe(false)
    expect(await verifyPassword('x'.repeat(71), hash)).toBe(false)
  })
})

describe('a password hasher', () => {
  test('awaits bcrypt: a wrong password is false, not a promise that looks true', async () => {
    const hasher = await createPasswordHasher({ cost: COST })
    const hash = await hasher.hash('right password')
    expect(await hasher.verify('wrong password', hash)).toStrictEqual({ matches: false })
    expect(await hasher.verify('right password', hash)).toMatchObject({ matches: true })
  })

  test('hashes with the cost of its settings', async () => {
    const hasher = await createPasswordHasher({ cost: 5 })
    expect(bcrypt.getRounds(await hasher.hash('any'))).toBe(5)
  })

  test('does the same work without a hash, and says no (OWASP ASVS 5.0 6.3.8)', async () => {
    const hasher = await createPasswordHasher({ cost: 5 })
    const compare = vi.spyOn(bcrypt, 'compare')
    expect(await hasher.verify('any', undefined)).toMatchObject({ matches: false })
    expect(compare).toHaveBeenCalledTimes(1)
    expect(bcrypt.getRounds(String(compare.mock.calls[0]?.[1]))).toBe(5)
  })

  /** The rounds of bcrypt that `work` takes. */
  const roundsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const compare = vi.spyOn(bcrypt, 'compare').mockClear()
    const hash = vi.spyOn(bcrypt, 'hash').mockClear()
    await work()
    const costs = [
      ...compare.mock.calls.map(([, stored]) => bcrypt.getRounds(stored)),
      ...hash.mock.calls.map(([, cost]) => Number(cost)),
    ]
    return costs.reduce((rounds, cost) => rounds + 2 ** cost, 0)
  }

  test.each([
    ['raised', 8, [5, 8], 8],
    ['lowered', 5, [5, 8], 8],
    ['lowered, and nobody has the new one', 5, [7, 8], 8],
    ['raised, and nobody has the new one', 8, [5, 6], 8],
  ])(
    'after the cost was %s, every no takes the work of the highest one, round for round',
    async (_what, cost, stored, highest) => {
      const hasher = await createPasswordHasher({ cost })
      const hashes = await Promise.all(stored.map(async (it) => hashPassword('any', it)))
      const highestCost = Math.max(...stored)
      for (const hash of [undefined, ...hashes]) {
        const no = () => hasher.verify('another', hash, { highestCost })
        expect(await roundsOf(no)).toBe(2 ** highest)
      }
    },
  )

  test('takes no work beyond its own hash for the right password', async () => {
    const hasher = await createPasswordHasher({ cost: 5 })
    const hash = await hashPassword('any', 5)
    expect(await roundsOf(() => hasher.verify('any', hash, { highestCost: 8 }))).toBe(2 ** 5)
  })

  test('takes what is no bcrypt hash for that of an unknown user', async () => {
    const hasher = await createPasswordHasher({ cost: 5 })
    const check = () => hasher.verify('any', 'no hash', { highestCost: 6 })
    expect(await check()).toStrictEqual({ matches: false })
  })

  test('lets nobody in with the password behind the hash of nobody', async () => {
    const hash = vi.spyOn(bcrypt, 'hash')
    const hasher = await createPasswordHasher({ cost: COST })
    const password = String(hash.mock.calls[0]?.[0])
    const compare = vi.spyOn(bcrypt, 'compare')
    expect(await hasher.verify(password, undefined)).toStrictEqual({ matches: false })
    expect(await compare.mock.results[0]?.value).toBe(true)
  })

  test.each([
    [4, 5],
    [6, 5],
  ])(
    'rehashes the right password of a hash of cost %i with the cost of today, %i',
    async (old, cost) => {
      const hasher = await createPasswordHasher({ cost })
      const { matches, newHash } = await hasher.verify('any', await hashPassword('any', old))
      expect(matches).toBe(true)
      expect(bcrypt.getRounds(String(newHash))).toBe(cost)
      expect(await hasher.verify('any', newHash)).toStrictEqual({
        matches: true,
        newHash: undefined,
      })
    },
  )

  test('does both hashes of a change, or of a rehash, in one turn', async () => {
    const hasher = await createPasswordHasher({ cost: COST, concurrency: 1 })
    const [hash, outdated] = [await hasher.hash('current'), await hashPassword('current', 5)]
    const ended: string[] = []
    const first = hasher.replace('current', hash, 'new').then(() => ended.push('change'))
    const second = hasher.verify('current', outdated).then(() => ended.push('login'))
    await turn()
    const third = hasher.verify('current', hash).then(() => ended.push('another'))
    await Promise.all([first, second, third])
    expect(ended).toStrictEqual(['change', 'login', 'another'])
  })

  test('replaces a password only if the current one is right', async () => {
    const hasher = await createPasswordHasher({ cost: COST })
    const hash = await hasher.hash('current')
    expect(await hasher.replace('wrong', hash, 'new')).toBeUndefined()
    const newHash = await hasher.replace('current', hash, 'new')
    expect(await hasher.verify('new', newHash)).toMatchObject({ matches: true })
  })

  test('computes no more at once than its settings allow', async () => {
    const hasher = await createPasswordHasher({ cost: COST, concurrency: 2 })
    let running = 0
    let most = 0
    const genuine = bcrypt.compare.bind(bcrypt)
    vi.spyOn(bcrypt, 'compare').mockImplementation(async (...args: unknown[]) => {
      most = Math.max(most, ++running)
      const [password, hash] = args as [string, string]
      const matches = await genuine(password, hash)
      running -= 1
      return matches
    })
    await Promise.all(Array.from({ length: 12 }, () => hasher.verify('any', undefined)))
    expect(most).toBe(2)
  })

  test('lets as many wait as on any other day when it was made in a busy moment', async () => {
    const hash = bcrypt.hash.bind(bcrypt)
    vi.spyOn(bcrypt, 'hash').mockImplementationOnce(async (...args: unknown[]) => {
      const [password, cost] = args as [string, number]
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      return hash(password, cost)
    })
    const hasher = await createPasswordHasher({ cost: COST })
    const tries = Array.from({ length: 30 }, () => hasher.verify('any', undefined))
    expect(await Promise.all(tries)).toEqual(tries.map(() => ({ matches: false })))
  })

  test('refuses with "overloaded" when too many wait, and works again afterwards', async () => {
    const hasher = await createPasswordHasher({ cost: COST, concurrency: 1, hashMs: 1_500 })
    let finish = (_hash: string): void => undefined
    const slow = new Promise<string>((resolve) => (finish = resolve))
    vi.spyOn(bcrypt, 'hash').mockImplementationOnce(() => slow)
    const running = hasher.hash('runs')
    await turn()
    const waiting = [hasher.hash('waits'), hasher.verify('waits', undefined)]
    const refused = { name: 'AccountError', code: 'overloaded', retryAfter: 2 }
    await expect(hasher.hash('too many')).rejects.toMatchObject(refused)
    await expect(hasher.verify('too many', undefined)).rejects.toMatchObject(refused)
    finish('hash')
    expect(await running).toBe('hash')
    expect((await Promise.all(waiting))[1]).toStrictEqual({ matches: false })
    expect(await hasher.verify('again', await hasher.hash('again'))).toMatchObject({
      matches: true,
    })
  })
})

test('a password of 72 bytes does not log in with more behind it', async () => {
  const password = 'x'.repeat(72)
  const hash = await hashPassword(password, 4)
  expect(await verifyPassword(password, hash)).toBe(true)
  expect(await verifyPassword(`${password}anything`, hash)).toBe(false)
})
