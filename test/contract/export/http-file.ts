import {
  exampleAccount,
  type Operation,
  Problem,
  type ServerKind,
} from '@session-vs-jwt/http-contract'
import { SERVER_NAMES } from '@session-vs-jwt/workbench'
import { type AccountVariable, bodyWith, type Kept, pathWithVariables, type Step } from './walk.js'

type Account = Readonly<Record<AccountVariable, string>>

const ACCOUNT: Account = {
  nickname: '{{nickname}}',
  email: '{{email}}',
  password: '{{password}}',
}

/** Whose value is a new one wherever they stand: later requests take it from the answer. */
const NEW_ACCOUNT: Account = {
  ...ACCOUNT,
  nickname: `${exampleAccount.nickname}-{{$randomInt 100000000 999999999}}`,
  email: exampleAccount.email.replace('@', '-{{$guid}}@'),
}

const REGISTERED: readonly Kept[] = [
  { variable: 'nickname', member: 'user.nickname' },
  { variable: 'email', member: 'user.email' },
]

/**
 * The walk as a `.http` file, for REST Client (VS Code) and httpyac.
 *
 * They differ in how one names what an answer holds: each such variable has a line for each of them.
 * httpyac takes the later line; to REST Client that one, with its `:=`, defines a variable of another
 * name, which nothing uses. What to expect is in comments: httpyac's own assertions (`??`) would be
 * headers or a part of the body to REST Client.
 */
export function httpFile(server: ServerKind, steps: readonly Step[], baseUrl: string): string {
  const blocks = steps.map((step) => requestBlock(step, server))
  return `${[head(server, steps, baseUrl), ...blocks].join('\n\n')}\n`
}

function head(server: ServerKind, steps: readonly Step[], baseUrl: string): string {
  return `# Every request of the ${SERVER_NAMES[server]}, in an order that works from top to bottom.
#
# For VS Code with REST Client or httpyac, and for the command line:
#   npx httpyac send ${server}-server.http --all
#
# "Register" makes a new account each time, and "Log in" takes that one. ${CREDENTIALS[server]}
# Made of the contract by a test; README.md says how.

@baseUrl = ${baseUrl}

# No ":" in it: httpyac would cut it there.
@password = ${exampleAccount.password.replaceAll(':', '-')}

# What answers hold: the first line of a pair is for REST Client, the second for httpyac.
${steps.flatMap(variableLines).join('\n')}`
}

const CREDENTIALS: Readonly<Record<ServerKind, string>> = {
  session: 'The cookie is kept for you.',
  jwt: `The tokens are those
# of the last "Log in": send it again when the access token has expired.`,
}

function variableLines({ operation, keeps }: Step): string[] {
  return keptHere(operation, keeps).flatMap(({ variable, member, example }) => [
    `@${variable} = {{${operation.id}.response.body.${member}}}`,
    `@${variable}:={{${httpyacExpression(`${operation.id}.${member}`, example)}}}`,
  ])
}

/** JavaScript. A server without devices has no first one, and httpyac sends nothing that throws. */
function httpyacExpression(path: string, example: string | undefined): string {
  const isListed = example !== undefined && path.includes('[')
  return isListed ? `${path.replace('[', '?.[')} ?? '${example}'` : path
}

/** REST Client knows one definition of a variable, wherever it stands: tokens are those of a login. */
function keptHere({ id, tag }: Operation, keeps: readonly Kept[]): readonly Kept[] {
  if (id === 'register') return REGISTERED
  return tag === 'Renewal' ? [] : keeps
}

function requestBlock(step: Step, server: ServerKind): string {
  const { operation } = step
  const body = bodyWith(operation.id === 'register' ? NEW_ACCOUNT : ACCOUNT, operation)
  const authorization = authorizationOf(operation, server)
  return [
    `### ${operation.summary}`,
    ...comment(operation.description),
    `# ${answers(step)}`,
    `# @name ${operation.id}`,
    ...loginAgain(step, server),
    `${operation.method} {{baseUrl}}${pathWithVariables(operation)}${queryOf(operation)}`,
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    ...(body === undefined ? [] : ['Content-Type: application/json', '', body]),
  ].join('\n')
}

function comment(text: string): string[] {
  return (text.match(/.{1,96}(?:\s|$)/gu) ?? []).map((line) => `# ${line.trimEnd()}`)
}

function answers({ success, unavailable }: Step): string {
  if (unavailable === undefined) return `Answers ${success.status}.`
  const { status, message } = new Problem(unavailable)
  return `Answers ${success.status}, or ${status}: ${message}.`
}

/** A token that was read before the new login must be read again. */
function loginAgain({ loggedOut, spent }: Step, server: ServerKind): string[] {
  if (!loggedOut && !spent) return []
  const done = loggedOut ? 'logged out' : 'spent the refresh token'
  const token = spent ? 'refreshToken' : 'accessToken'
  return [
    `# The request above has ${done}. httpyac logs in by itself; with REST Client, send "Log in".`,
    '# @forceRef login',
    ...(server === 'jwt' ? [`@${token}:={{login.${token}}}`] : []),
  ]
}

function authorizationOf({ credential }: Operation, server: ServerKind): string | undefined {
  if (credential === 'basic') return `Basic ${ACCOUNT.email} ${ACCOUNT.password}`
  if (credential === 'none' || server === 'session') return undefined
  return `Bearer {{${credential === 'refresh' ? 'refreshToken' : 'accessToken'}}}`
}

/** A cursor is good for the next page; a first request has none. */
function queryOf({ parameters }: Operation): string {
  const sent = parameters.filter((it) => it.in === 'query' && it.from === undefined)
  return sent.map(({ name, example }, index) => `${index ? '&' : '?'}${name}=${example}`).join('')
}
