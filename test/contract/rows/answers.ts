import { all, type Expectation, hasBody, hasStatus } from '@session-vs-jwt/workbench'
import type { Answer } from '../../device.js'

/** The answer of `GET /auth/whoami` to a credential that is good. */
export const isLoggedIn = all(hasStatus(200), hasBody('whoami'))

/** At least a second, and no longer than a lock after failed logins. */
export const saysWhenToRetry: Expectation = ({ headers }) => {
  const seconds = Number(headers['retry-after'])
  return seconds >= 1 && seconds <= 900 ? undefined : 'Retry-After, 1 to 900 seconds'
}

/** Sorted, for a comparison that the order of arrival does not matter to; a fault of the server tells its code too. */
export function statusesOf(answers: readonly Answer[]): string {
  return answers
    .map(({ status, body }) => (status >= 500 ? `${status} ${body?.code ?? ''}` : String(status)))
    .toSorted()
    .join(', ')
}
