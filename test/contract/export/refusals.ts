import {
  ALWAYS_POSSIBLE,
  type Operation,
  operations,
  Problem,
  type ProblemCode,
  problemsOf,
  type RequiredCredential,
} from '@session-vs-jwt/http-contract'
import { markdownTable } from 'markdown-table'

/** An operation that asks for nothing, to be asked what one more demand brings. */
const UNDEMANDING: Operation = {
  id: 'live',
  method: 'GET',
  path: '/',
  tag: 'Server',
  summary: '',
  description: '',
  credential: 'none',
  parameters: [],
  success: {},
  problems: [],
}

/** How a credential is called in the page. */
export const CREDENTIALS: Readonly<Record<RequiredCredential, string | undefined>> = {
  none: undefined,
  basic: 'email and password as `Authorization: Basic`',
  access: 'access',
  refresh: 'refresh',
  'access-or-refresh': 'access or refresh',
}

const DEMANDS: readonly (readonly [name: string, Partial<Operation>])[] = [
  ['a body', { body: { schema: 'newPostRequest', examples: [] } }],
  ['a query', { parameters: [{ name: 'limit', in: 'query', description: '', example: 1 }] }],
  ...(Object.keys(CREDENTIALS) as RequiredCredential[])
    .filter((credential) => credential !== 'none')
    .map((credential) => [CREDENTIALS[credential] ?? '', { credential }] as const),
  ['another method than `GET`', { method: 'POST' }],
]

/** What any request can be refused with that has something in it, or asks for it. */
export function demandsTable(): string {
  const rows = DEMANDS.map(([name, demand]) => {
    const operation = { ...UNDEMANDING, ...demand }
    return [
      name,
      codeList(problemsOf(operation, 'session')),
      codeList(problemsOf(operation, 'jwt')),
    ]
  })
  const anything = ['anything', codeList(ALWAYS_POSSIBLE), codeList(ALWAYS_POSSIBLE)]
  return markdownTable([['a request with', 'session server', 'JWT server'], ...rows, anything])
}

/** Every code that one can meet, with its status and what it means. */
export function codesTable(): string {
  const met = operations.flatMap((it) => [...problemsOf(it, 'session'), ...problemsOf(it, 'jwt')])
  // The last one is of a path that has other methods, and so of no operation.
  const codes = [...new Set([...met, ...ALWAYS_POSSIBLE, 'method_not_allowed' as const])]
  const rows = codes
    .map((code) => ({ code, problem: new Problem(code) }))
    .toSorted((a, b) => a.problem.status - b.problem.status || a.code.localeCompare(b.code))
    .map(({ code, problem }) => [String(problem.status), `\`${code}\``, problem.message])
  return markdownTable([['status', 'code', 'meaning'], ...rows])
}

/** `a` `b` */
export function codeList(codes: readonly ProblemCode[]): string {
  return [...new Set(codes)].map((code) => `\`${code}\``).join(' ')
}
