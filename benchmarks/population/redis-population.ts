import { Redis } from 'ioredis'

/** RESTORE of one value under many keys: what a login left, as often as wanted. */
const COPY = `
for i = 3, #ARGV do redis.call('RESTORE', ARGV[i], ARGV[2], ARGV[1]) end`

const BATCH = 5_000
const DIGITS = 12

/** Logins in Redis: copies of a real one under keys of the same length. */
export class RedisPopulation {
  readonly #redis: Redis
  readonly #prefixes: readonly string[]

  private constructor(redis: Redis, prefixes: readonly string[]) {
    this.#redis = redis
    this.#prefixes = prefixes
  }

  /** @param prefixes of the keys that belong to a login */
  static async connect(url: string, prefixes: readonly string[]): Promise<RedisPopulation> {
    const redis = new Redis(url)
    await redis.flushall()
    return new RedisPopulation(redis, prefixes)
  }

  /** Copies of the login that is there, from the `from`-th to the one before the `to`-th. */
  async grow(from: number, to: number): Promise<void> {
    for (const key of await this.#templates()) {
      const [payload, lifetime] = await Promise.all([
        this.#redis.dumpBuffer(key),
        this.#redis.pttl(key),
      ])
      const stem = key.slice(0, -DIGITS)
      for (let at = from; at < to; at += BATCH) {
        const size = Math.min(BATCH, to - at)
        const keys = Array.from(
          { length: size },
          (_, i) => stem + String(at + i).padStart(DIGITS, '0'),
        )
        await this.#redis.call('EVAL', COPY, 0, payload, Math.max(0, lifetime), ...keys)
      }
    }
  }

  /** Bytes that Redis has given to its data. */
  async bytes(): Promise<number> {
    const info = await this.#redis.info('memory')
    return Number(/^used_memory:(\d+)/m.exec(info)?.[1])
  }

  async clear(): Promise<void> {
    await this.#redis.flushall()
    this.#redis.disconnect()
  }

  /** One key of each kind. */
  async #templates(): Promise<string[]> {
    const found = await Promise.all(this.#prefixes.map((it) => this.#redis.keys(`${it}*`)))
    return found.flatMap((keys) => keys.slice(0, 1))
  }
}
