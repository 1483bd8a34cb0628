import { refreshSchema } from '@session-vs-jwt/jwt-server'
import { postsSchema } from '@session-vs-jwt/posts'
import { sessionsSchema } from '@session-vs-jwt/session-server'
import { applySchema } from '@session-vs-jwt/stores'
import { loginAttemptsSchema, usersSchema } from '@session-vs-jwt/users'

/** Every table, in an order in which each finds those that it refers to. */
export const schema: readonly string[] = [
  usersSchema,
  loginAttemptsSchema,
  postsSchema,
  sessionsSchema,
  refreshSchema,
]

/** Makes what is missing in the database at `url`, and changes nothing else. */
export async function migrate(url: string): Promise<void> {
  await applySchema(url, schema)
}
