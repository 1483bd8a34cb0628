import { parseOrigin } from '@session-vs-jwt/http-edge'

/** One thing that is wrong with the settings: what, who needs it, and how to supply it. */
export interface ConfigProblem {
  readonly name: string
  readonly problem: string
  readonly neededBy: string
  readonly howTo: string
}

/** All that is wrong with the settings, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(server: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      (it) => `  ${it.name} ${it.problem}\n    needed by: ${it.neededBy}\n    how: ${it.howTo}`,
    )
    super(`The ${server} cannot start:\n${lines.join('\n')}`)
    this.problems = problems
  }
}

export interface Setting {
  readonly neededBy: string
  readonly howTo: string
}

export type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads settings from `env` and collects what is wrong instead of stopping at the first problem. Each
 * reader returns a value of its type in any case; {@link EnvReader.finish} throws if any was wrong.
 */
export class EnvReader {
  readonly #env: Env
  readonly #problems: ConfigProblem[] = []

  constructor(env: Env) {
    this.#env = env
  }

  /** An empty variable counts as one that is not set. */
  optional(name: string): string | undefined {
    return this.#env[name]?.trim() || undefined
  }

  required(name: string, setting: Setting): string {
    const value = this.optional(name)
    if (value === undefined) this.refuse(name, 'is not set', setting)
    return value ?? ''
  }

  integer(name: string, fallback: number, min: number, max: number, neededBy: string): number {
    const text = this.optional(name)
    if (text === undefined) return fallback
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    const howTo = `a whole number from ${min} to ${max}; ${fallback} if not set`
    this.refuse(name, `is not acceptable: "${text}"`, { neededBy, howTo })
    return fallback
  }

  choice<T extends string>(name: string, values: readonly [T, ...T[]], neededBy: string): T {
    const text = this.optional(name)
    if (text === undefined) return values[0]
    const value = values.find((it) => it === text)
    if (value !== undefined) return value
    const howTo = `one of ${values.join(', ')}; ${values[0]} if not set`
    this.refuse(name, `is not acceptable: "${text}"`, { neededBy, howTo })
    return values[0]
  }

  /** The address of a store, which `check` accepts or throws what is wrong with it, without repeating it. */
  address(name: string, check: (text: string) => unknown, setting: Setting): string {
    const text = this.required(name, setting)
    try {
      if (text !== '') check(text)
    } catch (error) {
      this.refuse(name, (error as Error).message, setting)
    }
    return text
  }

  /** Origins (`https://app.example.org`), separated by commas; returned as browsers write them. */
  origins(name: string, neededBy: string): string[] {
    const texts = (this.optional(name) ?? '').split(',').map((it) => it.trim())
    return texts.filter(Boolean).map((text) => {
      const origin = parseOrigin(text)
      if (origin === undefined) {
        const howTo = 'scheme, host and port, with no path: http://localhost:3000'
        this.refuse(name, `has an entry that is not an origin: "${text}"`, { neededBy, howTo })
      }
      return origin ?? text
    })
  }

  /** A key of at least 32 random bytes, in base64url. Its value never appears in a message. */
  secret(name: string, setting: Setting): Buffer {
    const key = Buffer.from(this.required(name, setting), 'base64url')
    if (this.optional(name) !== undefined && key.length < MIN_SECRET_BYTES) {
      this.refuse(name, `is shorter than ${MIN_SECRET_BYTES} bytes`, setting)
    }
    return key
  }

  refuse(name: string, problem: string, setting: Setting): void {
    this.#problems.push({ name, problem, ...setting })
  }

  /** @throws {ConfigError} if anything was wrong */
  finish<T>(server: string, config: T): T {
    if (this.#problems.length > 0) throw new ConfigError(server, this.#problems)
    return config
  }
}

const MIN_SECRET_BYTES = 32

/** A command that makes a secret, to show where one is missing. */
export const MAKE_SECRET =
  `node -p "require('crypto').randomBytes(32).toString('base64url')"` as const
