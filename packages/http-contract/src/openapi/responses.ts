import type { Answer } from '../operations/answer.js'
import { type AnswerHeader, answerHeaders } from '../operations/answer-headers.js'
import type { HeaderObject, Reference, ResponseObject } from './document.js'
import { schemaRef } from './schemas.js'
import {
  ALWAYS_POSSIBLE,
  type Operation,
  problemsOf,
  type ServerKind,
} from '../operations/operation.js'
import { type FieldError, Problem, PROBLEM_MEDIA_TYPE, type ProblemCode } from '../problem.js'

/** The answers that are no problem documents. */
export function answerResponse(answer: Answer): ResponseObject {
  const { description, body, example, headers } = answer
  return {
    description,
    headers: headerRefs(headers),
    ...(body !== undefined && {
      content: { 'application/json': { schema: schemaRef(body), example } },
    }),
  }
}

/** A set of codes that share a status, by which a response is named. */
export interface Refusal {
  readonly name: string
  readonly codes: readonly ProblemCode[]
}

/** What `server` can refuse the operation with, by status. */
export function refusalsOf(operation: Operation, server: ServerKind): Record<string, Refusal> {
  const codes = [...new Set(problemsOf(operation, server))]
  const statuses = [...new Set(codes.map(statusOf))]
  const always = ALWAYS_POSSIBLE.filter((code) => statuses.includes(statusOf(code)))
  return {
    ...Object.fromEntries(
      statuses.map((status) => [
        status,
        refusal([...codes, ...always].filter((code) => statusOf(code) === status)),
      ]),
    ),
    '4XX': refusal(ALWAYS_POSSIBLE.filter((code) => statusOf(code) < 500)),
    '5XX': refusal(ALWAYS_POSSIBLE.filter((code) => statusOf(code) >= 500)),
  }
}

function refusal(codes: readonly ProblemCode[]): Refusal {
  return { name: codes.join('.'), codes }
}

/** A problem document that has one of the codes, and the status and the headers that go with it. */
export function refusalResponse({ codes }: Refusal, server: ServerKind): ResponseObject {
  const statuses = [...new Set(codes.map(statusOf))]
  const properties = { status: { enum: statuses }, code: { enum: codes } }
  return {
    description: codes.map((code) => `- \`${code}\`: ${titleOf(code)}`).join('\n'),
    headers: headerRefs(refusalHeaders(codes, server)),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { allOf: [schemaRef('problem'), { type: 'object', properties }] },
        examples: Object.fromEntries(codes.map((code) => [code, exampleRef(code)])),
      },
    },
  }
}

function refusalHeaders(codes: readonly ProblemCode[], server: ServerKind): AnswerHeader[] {
  const has = (status: number): boolean => codes.some((code) => statusOf(code) === status)
  const challenge = server === 'session' ? 'cookieChallenge' : 'bearerChallenge'
  return [
    'noStore',
    ...(has(401)
      ? ([codes.includes('invalid_credentials') ? 'loginChallenge' : challenge] as const)
      : []),
    ...(has(415) ? (['acceptEncoding'] as const) : []),
    ...(has(429) || has(503) ? (['retryAfter'] as const) : []),
  ]
}

/** `components/examples`: a problem document for each code. */
export function problemExamples(codes: Iterable<ProblemCode>): Record<string, unknown> {
  return Object.fromEntries(
    [...codes].map((code) => {
      const errors = EXAMPLE_ERRORS[code]
      const problem = new Problem(code, errors && { errors })
      return [code, { summary: titleOf(code), value: problem.toJSON() }]
    }),
  )
}

const EXAMPLE_ERRORS: Partial<Record<ProblemCode, readonly FieldError[]>> = {
  validation_failed: [{ field: 'admin', message: 'is not known here' }],
  password_refused: [{ field: 'password', message: 'must be at least 8 characters long' }],
}

/** `components/headers`: those which `responses` refer to. */
export function componentHeaders(
  responses: readonly ResponseObject[],
): Record<string, HeaderObject> {
  const refs = responses.flatMap(({ headers }) => Object.values(headers ?? {}))
  const used = new Set(refs.map(({ $ref }) => $ref))
  const entries = Object.entries(answerHeaders) as [AnswerHeader, HeaderObject & { name: string }][]
  return Object.fromEntries(
    entries
      .filter(([key]) => used.has(headerRef(key).$ref))
      .map(([key, { name: _name, ...header }]) => [key, header]),
  )
}

function headerRefs(headers: readonly AnswerHeader[]): Record<string, Reference> {
  return Object.fromEntries(headers.map((key) => [answerHeaders[key].name, headerRef(key)]))
}

function headerRef(key: AnswerHeader): Reference {
  return { $ref: `#/components/headers/${key}` }
}

function exampleRef(code: ProblemCode): Reference {
  return { $ref: `#/components/examples/${code}` }
}

function statusOf(code: ProblemCode): number {
  return new Problem(code).status
}

function titleOf(code: ProblemCode): string {
  return String(new Problem(code).toJSON()['title'])
}
