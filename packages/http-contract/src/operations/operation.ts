import type { Answer } from './answer.js'
import type { ParameterName, RequestName } from '../contract.js'
import type { ProblemCode } from '../problem.js'

/** Which of the two servers. */
export type ServerKind = 'session' | 'jwt'

/**
 * What a request says who sends it with. The session server has one cookie for `access` and `refresh`.
 * `basic` is email and password (RFC 7617); `access-or-refresh` is whichever the client still has.
 */
export type RequiredCredential = 'none' | 'basic' | 'access' | 'refresh' | 'access-or-refresh'

export type OperationTag =
  | 'Login'
  | 'Profile'
  | 'Posts'
  | 'Renewal'
  | 'Logout'
  | 'Account'
  | 'Server'

export interface OperationParameter {
  readonly name: ParameterName
  readonly in: 'path' | 'query'
  readonly description: string
  readonly example: string | number
  /** Where a client gets the value: an earlier answer, and a place in its body (RFC 6901). */
  readonly from?: { readonly operation: OperationId; readonly pointer: string }
}

export interface RequestExample {
  readonly name: string
  readonly summary: string
  readonly value: unknown
}

export type OperationId =
  | 'register'
  | 'login'
  | 'whoami'
  | 'showMe'
  | 'updateMe'
  | 'deleteMe'
  | 'listUsers'
  | 'createPost'
  | 'listPosts'
  | 'showPost'
  | 'deletePost'
  | 'renewAccess'
  | 'rotateRefresh'
  | 'listDevices'
  | 'endDevice'
  | 'logout'
  | 'logoutAll'
  | 'live'
  | 'ready'
  | 'jwks'
  | 'openapi'

/** One endpoint of the contract: all that there is to say of it, as data. */
export interface Operation {
  readonly id: OperationId
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** As the router takes it: `/posts/:id`. */
  readonly path: string
  readonly tag: OperationTag
  readonly summary: string
  readonly description: string
  readonly credential: RequiredCredential
  readonly parameters: readonly OperationParameter[]
  /** The first example is the one to send when nothing else is wanted. */
  readonly body?: { readonly schema: RequestName; readonly examples: readonly RequestExample[] }
  /** What a server answers when it does what was asked; one that has no such endpoint is missing. */
  readonly success: Readonly<Partial<Record<ServerKind, Answer>>>
  /** A refusal that is no problem document. */
  readonly unready?: Answer
  /** What it refuses beyond what its credential, body and query bring; see {@link problemsOf}. */
  readonly problems: readonly ProblemCode[]
}

/** What every request can meet, whatever it asks for: refused by Node.js, or a fault of the server. */
export const ALWAYS_POSSIBLE: readonly ProblemCode[] = [
  'malformed_request',
  'request_timeout',
  'expectation_failed',
  'headers_too_large',
  'internal_error',
]

const BODY_PROBLEMS: readonly ProblemCode[] = [
  'malformed_json',
  'validation_failed',
  'payload_too_large',
  'unsupported_media_type',
]

/** What a guard can answer, and that the store which it asks is down. */
const GUARD_PROBLEMS: readonly ProblemCode[] = [
  'missing_credential',
  'invalid_credential',
  'expired_credential',
  'store_unavailable',
]

const CREDENTIAL_PROBLEMS: Readonly<
  Record<RequiredCredential, Readonly<Record<ServerKind, readonly ProblemCode[]>>>
> = {
  none: { session: [], jwt: [] },
  basic: both([
    'missing_credential',
    'invalid_credential',
    'invalid_credentials',
    'store_unavailable',
  ]),
  access: both(GUARD_PROBLEMS),
  // A rotated session has another id, and the one before is just unknown.
  refresh: {
    session: GUARD_PROBLEMS,
    jwt: [...GUARD_PROBLEMS, 'reused_credential', 'replaced_credential'],
  },
  // The session server ends what the cookie names without a look at it.
  'access-or-refresh': {
    session: GUARD_PROBLEMS.filter((code) => code !== 'expired_credential'),
    jwt: GUARD_PROBLEMS,
  },
}

/** The same for both servers. */
export function both<T>(it: T): Readonly<Record<ServerKind, T>> {
  return { session: it, jwt: it }
}

/** Every code with which `server` can refuse the operation, but for {@link ALWAYS_POSSIBLE}. */
export function problemsOf(operation: Operation, server: ServerKind): readonly ProblemCode[] {
  const { body, credential, method, parameters, problems } = operation
  const hasQuery = parameters.some((parameter) => parameter.in === 'query')
  return [
    ...(body ? BODY_PROBLEMS : []),
    ...(hasQuery ? (['validation_failed'] as const) : []),
    ...CREDENTIAL_PROBLEMS[credential][server],
    // Browsers add a cookie unasked, and no token.
    ...(server === 'session' && method !== 'GET' ? (['forbidden_origin'] as const) : []),
    ...problems,
  ]
}
