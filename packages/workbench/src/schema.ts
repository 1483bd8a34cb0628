import { refreshSchema } from '@session-vs-jwt/jwt-server'
import { postsSchema } from '@session-vs-jwt/posts'
import { sessionsSchema } from '@session-vs-jwt/session-server'
import { applySchema, PostgresSetupError } from '@session-vs-jwt/stores/postgres'
import { loginAttemptsSchema, usersSchema } from '@session-vs-jwt/users'
import { WorkbenchError } from './workbench-error.js'

/** Every table, in an order in which each finds those that it refers to. */
export const schema: readonly string[] = [
  usersSchema,
  loginAttemptsSchema,
  postsSchema,
  sessionsSchema,
  refreshSchema,
]

/**
 * Makes what is missing in the database at `url`, and changes nothing else.
 *
 * @param timeoutFactor that of the servers which will write there
 * @throws {WorkbenchError}
 */
export async function migrate(url: string, timeoutFactor = 1): Promise<void> {
  await applySchema(url, schema, timeoutFactor).catch((error: unknown) => {
    throw databaseError(error)
  })
}

/** What a person can do about an error of the database at DATABASE_URL. */
export function databaseError(cause: unknown): WorkbenchError {
  const { code, message } = cause as NodeJS.ErrnoException
  const problem = cause instanceof PostgresSetupError ? message : `${message || code}.`
  return new WorkbenchError(`The database at DATABASE_URL cannot be used. ${problem}`, 1, { cause })
}
