import {
  describeFailure,
  type Expectation,
  type Failure,
  failureLines,
} from '@session-vs-jwt/workbench'
import type { Answer } from '../../device.js'

/** The server did not do what a row demands. */
export class RowFailure extends Error {
  override readonly name = 'RowFailure'
  readonly failure: Failure
  /** What a row needs first did not work, and other rows say so too. */
  readonly isSetup: boolean

  constructor(failure: Failure, isSetup = false) {
    super(`\n${failureLines(failure)}`)
    this.failure = failure
    this.isSetup = isSetup
  }
}

/** @throws {RowFailure} with the first of `expectations` that `answer` does not meet */
export function expectAnswer(answer: Answer, ...expectations: readonly Expectation[]): void {
  for (const expectation of expectations) {
    const expected = expectation(answer.exchange, undefined)
    if (expected !== undefined) throw new RowFailure(describeFailure(answer.exchange, expected))
  }
}

/**
 * For what is no property of a single answer.
 *
 * @param came what was seen instead; the answer itself, if not given
 * @throws {RowFailure} unless `holds`
 */
export function expectThat(holds: boolean, expected: string, answer: Answer, came?: string): void {
  if (holds) return
  const failure = describeFailure(answer.exchange, expected)
  throw new RowFailure(came === undefined ? failure : { ...failure, came })
}

/** The answer is a problem with this code (RFC 9457). */
export function hasCode(...codes: readonly string[]): Expectation {
  return ({ body, headers }) => {
    const type = String(headers['content-type'])
    if (!/^application\/problem\+json(;|$)/.test(type)) {
      return `a problem document (application/problem+json), not "${type}"`
    }
    const wanted = codes.map((code) => `"${code}"`).join(' or ')
    return codes.some((code) => problemCode(body) === code) ? undefined : `the code ${wanted}`
  }
}

function problemCode(body: string): unknown {
  try {
    return (JSON.parse(body) as { code?: unknown }).code
  } catch {
    return undefined
  }
}
