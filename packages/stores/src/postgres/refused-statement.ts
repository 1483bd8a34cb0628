/** What PostgreSQL names when it refuses a write that it has read too late. */
export const IN_TIME = 'write_in_time'

/** Whether PostgreSQL has refused a write because its deadline is past, or far away. */
export function isTooLate(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === IN_TIME
}

/**
 * Whether PostgreSQL has refused a prepared statement, which it did not run: the schema was changed (0A000), or
 * somebody else has removed or defined statements on this connection (26000, 42P05). A new one works.
 */
export function isStalePlan(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false
  const { code, routine } = error as { code: unknown; routine?: unknown }
  // The message is in the server's language; the name of the routine is not.
  const isChangedResult = code === '0A000' && routine === 'RevalidateCachedQuery'
  return isChangedResult || code === '26000' || code === '42P05'
}
