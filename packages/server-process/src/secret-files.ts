import { readFileSync } from 'node:fs'
import { ConfigError, type ConfigProblem, type Env } from './env-reader.js'

/** Settings that hold a secret. Each may come as a file: `DATABASE_URL_FILE=/secrets/url`. */
const SECRET_SETTINGS = [
  'DATABASE_URL',
  'REDIS_URL',
  'SESSION_COOKIE_SECRET',
  'SESSION_COOKIE_PREVIOUS_SECRET',
  'JWT_ACCESS_KEYS',
  'JWT_REFRESH_KEYS',
]

/**
 * `env` with the secrets that its `…_FILE` variables point to. What is in the environment of a container
 * can be read by whoever may look at it; a file has an owner.
 *
 * @throws {ConfigError} naming every file that cannot be read, and every secret that came twice
 */
export function readSecretFiles(env: Env, server: string): Env {
  const problems: ConfigProblem[] = []
  const entries = SECRET_SETTINGS.flatMap((name) => {
    const path = env[`${name}_FILE`]
    if (!path) return []
    const found = readSecret(path)
    const problem = env[name] ? `is set, and ${name} is too` : found.problem
    if (problem === undefined) return [[name, found.secret] as const]
    const howTo = `set ${name}, or ${name}_FILE to a file that this process may read`
    problems.push({ name: `${name}_FILE`, problem, neededBy: `${name}, from ${path}`, howTo })
    return []
  })
  if (problems.length > 0) throw new ConfigError(server, problems)
  return { ...env, ...Object.fromEntries(entries) }
}

function readSecret(path: string): { secret?: string; problem?: string } {
  try {
    return { secret: readFileSync(path, 'utf8').trim() }
  } catch (error) {
    return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code})` }
  }
}
