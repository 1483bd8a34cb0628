import bcrypt from 'bcrypt'
import pLimit from 'p-limit'
import { AccountError } from './account-error.js'

/** Every hash that is made or compared passes through this port. */
export interface PasswordHasher {
  /** @throws {AccountError} `overloaded` when too many wait already. */
  hash(password: string): Promise<string>
  /**
   * Whether `password` is the one behind `hash`. Without a hash it takes the same time and says no, so
   * that an unknown email costs what a wrong password costs; so it is with a hash of a lower cost.
   * @throws {AccountError} `overloaded` when too many wait already.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>
  /** Whether `hash` was made with a lower cost than the one of today. */
  isOutdated(hash: string): boolean
}

export interface PasswordHasherOptions {
  /** bcrypt's cost: the work is 2^cost rounds. */
  readonly cost: number
  /**
   * Hashes computed at once. bcrypt runs on libuv's pool of four threads, which DNS and file access
   * share: fewer than four leaves them room.
   */
  readonly concurrency?: number
  /**
   * Hashes that may wait. Beyond it the answer is "overloaded", at once. By default as many as are
   * done in about three seconds here, so that all are answered when the server is asked to stop.
   */
  readonly maxWaiting?: number
}

/** bcrypt reads no further. A longer password is refused, because a cut one would match others. */
export const MAX_PASSWORD_BYTES = 72

const MAX_WAIT_MS = 3_000

/** The salt is random and part of the result, so the same password gives another hash each time. */
export async function hashPassword(password: string, cost: number): Promise<string> {
  return bcrypt.hash(canonical(password), cost)
}

export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const text = canonical(password)
  // bcrypt compares 72 bytes of it: what is behind them would not count.
  return (await bcrypt.compare(text, hash)) && Buffer.byteLength(text) <= MAX_PASSWORD_BYTES
}

/** The same characters typed on two keyboards can be two byte strings; NFC makes them one. */
export function canonical(password: string): string {
  return password.normalize('NFC')
}

export async function createPasswordHasher(
  options: PasswordHasherOptions,
): Promise<PasswordHasher> {
  const { cost, concurrency = 2 } = options
  const limit = pLimit(concurrency)
  const nobodysHash = await hashPassword('the password of nobody', cost)
  const { maxWaiting = Math.ceil((MAX_WAIT_MS * concurrency) / (await hashMs(cost))) } = options
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.pendingCount >= maxWaiting) {
      throw new AccountError('overloaded', 'Too many logins at once.', 2)
    }
    return limit(work)
  }
  return {
    hash: async (password) => queued(() => hashPassword(password, cost)),
    verify: async (password, hash = nobodysHash) => {
      const matches = await queued(async () => {
        if (await verifyPassword(password, hash)) return true
        await makeUpFor(password, bcrypt.getRounds(hash), cost)
        return false
      })
      return matches && hash !== nobodysHash
    },
    isOutdated: (hash) => bcrypt.getRounds(hash) < cost,
  }
}

const QUICK_COST = 8

/**
 * Milliseconds that a hash of `cost` takes here, by the quickest of three cheap ones: a single dear one may meet a
 * machine that is busy with the start, and the server would refuse logins for it as long as it lives.
 */
async function hashMs(cost: number): Promise<number> {
  let quickest = Infinity
  for (let round = 0; round < 3; round += 1) {
    const startedAt = performance.now()
    await hashPassword('any', QUICK_COST)
    quickest = Math.min(quickest, performance.now() - startedAt)
  }
  return quickest * 2 ** (cost - QUICK_COST)
}

/**
 * The work between a hash of cost `from` and one of cost `to`, which is 2^from + … + 2^(to-1) rounds. After
 * the cost was raised, accounts with an older hash would be told from unknown ones by the quicker answer.
 */
async function makeUpFor(password: string, from: number, to: number): Promise<void> {
  for (let cost = from; cost < to; cost += 1) await hashPassword(password, cost)
}
