import {
  type Answer,
  exampleAccount,
  type Operation,
  type OperationId,
  operations as contract,
  type ProblemCode,
  responses,
  type ServerKind,
} from '@session-vs-jwt/http-contract'

/** One request of a walk through the contract, from the registration to the last logout. */
export interface Step {
  readonly operation: Operation
  /** What the server answers when it does what was asked. */
  readonly success: Answer
  /** How it refuses where its settings leave it nothing to do that with. */
  readonly unavailable: ProblemCode | undefined
  /** Whether a step before has ended the login that this one needs. */
  readonly loggedOut: boolean
  /** Whether a step before has spent the refresh token of the last login. */
  readonly spent: boolean
  /** What later steps need of the answer. */
  readonly keeps: readonly Kept[]
}

/** A member of an answer, and the variable that holds it from then on. */
export interface Kept {
  readonly variable: string
  /** As JavaScript has it, and JSONPath: `devices[0].id`. */
  readonly member: string
  /** What to ask for where there is no such answer; a token can only be the server's. */
  readonly example?: string
  /** Some strategies leave it out; then what was kept before still counts. */
  readonly optional?: boolean
}

export type AccountVariable = keyof typeof exampleAccount

const ENDS_THE_LOGIN: readonly OperationId[] = ['endDevice', 'logout', 'logoutAll', 'deleteMe']
const TOKENS = ['accessToken', 'refreshToken']

/** Every operation that `server` has, in an order in which each can succeed. */
export function walk(server: ServerKind, operations: readonly Operation[] = contract): Step[] {
  const steps: Step[] = []
  let loggedIn = true
  let renewed = false
  for (const operation of operations) {
    const success = operation.success[server]
    if (!success) continue
    const loggedOut: boolean = !loggedIn && !['none', 'basic'].includes(operation.credential)
    const unavailable = unavailableOf(operation)
    const keeps = [...keptTokens(success), ...keptIds(operation, operations)]
    const renews = server === 'jwt' && operation.credential === 'refresh'
    steps.push({ operation, success, unavailable, loggedOut, spent: renews && renewed, keeps })
    renewed ||= renews
    loggedIn = (loggedIn || loggedOut) && !ENDS_THE_LOGIN.includes(operation.id)
  }
  return steps
}

/** Without an id in its path, an operation that is not found is missing as a whole. */
function unavailableOf({ parameters, problems }: Operation): ProblemCode | undefined {
  if (problems.includes('not_supported')) return 'not_supported'
  return parameters.length === 0 && problems.includes('not_found') ? 'not_found' : undefined
}

function keptTokens(answer: Answer): Kept[] {
  const members = membersOf(answer.example)
  return TOKENS.filter((it) => members.includes(it)).map((it) => ({
    variable: it,
    member: it,
    ...(isOptional(answer, it) && { optional: true }),
  }))
}

/** Whether an answer without this member still is what the contract promises. */
export function isOptional({ body, example }: Answer, member: string): boolean {
  if (body === undefined) return false
  return responses[body].safeParse({ ...(example as object), [member]: undefined }).success
}

function keptIds({ id }: Operation, operations: readonly Operation[]): Kept[] {
  const needed = operations.flatMap(({ path, parameters }) =>
    parameters.flatMap(({ in: place, from, example }): Kept[] => {
      if (place !== 'path' || from?.operation !== id) return []
      const member = memberAt(from.pointer)
      return [{ variable: idVariable(path), member, example: String(example) }]
    }),
  )
  return [...new Map(needed.map((it) => [it.variable, it])).values()]
}

/** `devices[0].id` for `/devices/0/id` (RFC 6901) */
function memberAt(pointer: string): string {
  return pointer
    .slice(1)
    .split('/')
    .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .slice(1)
}

/** `postId` for `/posts/:id` */
function idVariable(path: string): string {
  const collection = path.split('/').at(-2) ?? ''
  return `${collection.replace(/s$/, '')}Id`
}

/** The path as both kinds of files write it: `/posts/{{postId}}`. */
export function pathWithVariables({ path }: Operation): string {
  return path.replace(/:\w+/, `{{${idVariable(path)}}}`)
}

/** The first example of the body, as JSON, with `account` in the place of the example's. */
export function bodyWith(
  account: Readonly<Record<AccountVariable, string>>,
  { body }: Operation,
): string | undefined {
  if (!body) return undefined
  const replace = (member: string, value: unknown): unknown => {
    const name = member === 'currentPassword' ? 'password' : member
    return typeof value === 'string' && isAccountVariable(name)
      ? value.replace(exampleAccount[name], () => account[name])
      : value
  }
  return JSON.stringify(body.examples[0]?.value, replace, 2)
}

function isAccountVariable(name: string): name is AccountVariable {
  return name in exampleAccount
}

/** The names of what an answer has in it. */
export function membersOf(example: unknown): string[] {
  return Object.keys(example ?? {})
}
