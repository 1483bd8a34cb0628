import { all, hasBody, hasStatus } from '@session-vs-jwt/workbench'
import type { Answer } from '../../device.js'

/** The answer of `GET /auth/whoami` to a credential that is good. */
export const isLoggedIn = all(hasStatus(200), hasBody('whoami'))

/** Sorted, for a comparison that the order of arrival does not matter to. */
export function statusesOf(answers: readonly Answer[]): string {
  return answers
    .map(({ status }) => status)
    .toSorted((a, b) => a - b)
    .join(', ')
}
