import bcrypt from 'bcrypt'
import { HashQueue } from './hash-queue.js'

/**
 * Every hash that is made or compared passes through this port. Each call waits for one turn and does all its
 * hashing in it. Each throws an {@link AccountError} `overloaded` at once if too many wait already, and drops
 * its work when `signal` aborts before the turn comes.
 */
export interface PasswordHasher {
  hash(password: string, signal?: AbortSignal): Promise<string>
  /** Whether `password` is the one behind `hash`, which is `undefined` if there is no such user. */
  verify(
    password: string,
    hash: string | undefined,
    options?: VerifyOptions,
  ): Promise<PasswordCheck>
  /** The hash of `newPassword`, if `password` is the one behind `hash`. */
  replace(
    password: string,
    hash: string,
    newPassword: string,
    signal?: AbortSignal,
  ): Promise<string | undefined>
}

export interface VerifyOptions {
  /**
   * The highest cost of any stored hash. Every "no" takes as much work as one hash of this cost, or of
   * today's if that is higher, so the time doesn't reveal whether there is a user, or how old the hash is.
   */
  readonly highestCost?: number
  readonly signal?: AbortSignal | undefined
}

export interface PasswordCheck {
  readonly matches: boolean
  /** The same password with today's cost, if it matches a hash of another cost. */
  readonly newHash?: string | undefined
}

export interface PasswordHasherOptions {
  /** bcrypt's cost: the work is 2^cost rounds. */
  readonly cost: number
  /**
   * Hashes computed at once. bcrypt runs on libuv's pool of four threads, which DNS and file access
   * share: fewer than four leaves them room.
   */
  readonly concurrency?: number
  /** Milliseconds that one hash takes here, to begin with. Measured if missing. */
  readonly hashMs?: number
  /** Multiplies the longest wait for a turn. Only tests on a busy machine set it. Default 1. */
  readonly timeoutFactor?: number
}

/** bcrypt reads no further. A longer password is refused, because a cut one would match others. */
export const MAX_PASSWORD_BYTES = 72

/** Within the time that a server has to stop, so that everybody who waits is still answered. */
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
  const { cost, concurrency = 2, timeoutFactor = 1 } = options
  const nobodysHash = await hashPassword('the password of nobody', cost)
  const { hashMs = await measureHash(cost) } = options
  const msPerUnit = hashMs / 2 ** cost
  const queue = new HashQueue({ concurrency, maxWaitMs: MAX_WAIT_MS * timeoutFactor, msPerUnit })
  const newHash = async (password: string) => hashPassword(password, cost)
  return {
    hash: async (password, signal) => queue.run(2 ** cost, async () => newHash(password), signal),
    verify: async (password, hash, { highestCost = 0, signal } = {}) => {
      const costOfNo = Math.max(cost, highestCost)
      const check = async (): Promise<PasswordCheck> => {
        const matches = await verifyPassword(password, hash ?? nobodysHash)
        if (matches && hash !== undefined) {
          return { matches, newHash: costOf(hash) === cost ? undefined : await newHash(password) }
        }
        await makeUpFor(password, costOf(hash ?? nobodysHash), costOfNo)
        return { matches: false }
      }
      return queue.run(2 ** costOfNo, check, signal)
    },
    replace: async (password, hash, newPassword, signal) => {
      const size = 2 ** costOf(hash) + 2 ** cost
      const exchange = async (): Promise<string | undefined> =>
        (await verifyPassword(password, hash)) ? newHash(newPassword) : undefined
      return queue.run(size, exchange, signal)
    },
  }
}

/** The cost that a bcrypt hash names; 0 for anything else, which no password matches. */
export function costOf(hash: string): number {
  return Number(/^\$2[aby]\$(\d\d)\$/.exec(hash)?.[1] ?? 0)
}

const QUICK_COST = 8

/**
 * Milliseconds that a hash of `cost` takes here, by the fastest of three cheap hashes, because a single one
 * could be slowed down by a busy start-up.
 */
async function measureHash(cost: number): Promise<number> {
  let quickest = Infinity
  for (let round = 0; round < 3; round += 1) {
    const startedAt = performance.now()
    await hashPassword('any', QUICK_COST)
    quickest = Math.min(quickest, performance.now() - startedAt)
  }
  return quickest * 2 ** (cost - QUICK_COST)
}

/**
 * The work between a hash of cost `from` and one of cost `to`: 2^from + … + 2^(to-1) rounds. Without it, an
 * account whose hash has a lower cost than the others would answer sooner than an unknown email.
 */
async function makeUpFor(password: string, from: number, to: number): Promise<void> {
  for (let cost = from; cost < to; cost += 1) await hashPassword(password, cost)
}
