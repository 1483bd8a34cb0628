import type { AnswerHeader } from './answer-headers.js'
import type { ResponseName } from '../responses.js'

/** An answer that is no problem document. */
export interface Answer {
  readonly status: number
  readonly description: string
  /** Undefined: no body. */
  readonly body: ResponseName | undefined
  readonly example: unknown
  readonly headers: readonly AnswerHeader[]
}

/** An answer with a body, that no cache may keep. */
export function json(
  status: number,
  description: string,
  body: ResponseName,
  example: unknown,
  ...headers: AnswerHeader[]
): Answer {
  return { status, description, body, example, headers: ['noStore', ...headers] }
}

export function noContent(description: string, ...headers: AnswerHeader[]): Answer {
  const nothing = { body: undefined, example: undefined }
  return { status: 204, description, ...nothing, headers: ['noStore', ...headers] }
}

/** What is the same for everybody, and may be kept for a while. */
export function cacheable(description: string, body: ResponseName, example: unknown): Answer {
  return { status: 200, description, body, example, headers: ['fiveMinutes'] }
}
