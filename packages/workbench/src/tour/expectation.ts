import { responses } from '@session-vs-jwt/http-kit'
import { type Exchange, jsonOf } from '../client/http-exchange.js'
import type { Visit } from './visit.js'

/** What is wrong with an answer, in words that end "expected …"; undefined if nothing is. */
export type Expectation = (answer: Exchange, visit: Visit) => string | undefined

/** Each of `expectations`, the first that is not met counts. */
export function all(...expectations: readonly Expectation[]): Expectation {
  return (answer, visit) => {
    for (const expectation of expectations) {
      const problem = expectation(answer, visit)
      if (problem !== undefined) return problem
    }
    return undefined
  }
}

export function status(...allowed: readonly number[]): Expectation {
  return (answer) =>
    allowed.includes(answer.status) ? undefined : `status ${allowed.join(' or ')}`
}

/** A body, or one member of it, as the contract's schema has it. */
export function body(schema: keyof typeof responses, member?: string): Expectation {
  return (answer) => {
    const json = jsonOf(answer) as Record<string, unknown> | undefined
    const result = responses[schema].safeParse(member === undefined ? json : json?.[member])
    if (result.success) return undefined
    const issues = result.error.issues.map((it) => `${it.path.join('.') || 'it'}: ${it.message}`)
    const what = member === undefined ? 'a body' : `"${member}" in the body`
    return `${what} as the contract's "${schema}" (${issues.join('; ')})`
  }
}

/** 401 with a challenge, and a problem with a code (RFC 9110, section 15.5.2; RFC 9457). */
export const refused: Expectation = all(status(401), body('problem'), (answer) =>
  answer.headers['www-authenticate'] === undefined ? 'a WWW-Authenticate header' : undefined,
)

/** One of two outcomes; `first` if the strategy promises it, `second` if not, either if unknown. */
export function promised(
  isFirst: boolean | undefined,
  first: Expectation,
  second: Expectation,
): Expectation {
  if (isFirst !== undefined) return isFirst ? first : second
  return (answer, visit) => {
    const problems = [first(answer, visit), second(answer, visit)]
    return problems.includes(undefined) ? undefined : problems.join(', or ')
  }
}
