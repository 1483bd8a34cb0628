import { responses } from '@session-vs-jwt/http-contract'
import { type Exchange, jsonOf } from './http-exchange.js'

/** What is wrong with an answer, in words that end "expected …"; undefined if nothing is. */
export type Expectation<Context = unknown> = (
  answer: Exchange,
  context: Context,
) => string | undefined

/** Each of `expectations`, the first that is not met counts. */
export function all<Context>(
  ...expectations: readonly Expectation<Context>[]
): Expectation<Context> {
  return (answer, context) => {
    for (const expectation of expectations) {
      const problem = expectation(answer, context)
      if (problem !== undefined) return problem
    }
    return undefined
  }
}

export function hasStatus(...allowed: readonly number[]): Expectation {
  return (answer) =>
    allowed.includes(answer.status) ? undefined : `status ${allowed.join(' or ')}`
}

/** A body, or one member of it, as the contract's schema has it. */
export function hasBody(schema: keyof typeof responses, member?: string): Expectation {
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
export const isRefused: Expectation = all(hasStatus(401), hasBody('problem'), (answer) =>
  answer.headers['www-authenticate'] === undefined ? 'a WWW-Authenticate header' : undefined,
)
