import { createHash } from 'node:crypto'
import { openApiDocument, type Operation, type ServerKind } from '@session-vs-jwt/http-contract'
import { type PostmanScript, scriptsOf } from './postman-scripts.js'
import { bodyWith, pathWithVariables, type Step } from './walk.js'

/** A collection, format 2.1: as much of it as is used here. */
export interface PostmanCollection {
  readonly info: Readonly<Record<'_postman_id' | 'name' | 'description' | 'schema', string>>
  readonly auth: Auth
  readonly variable: readonly { key: string; value: string; type: 'string' }[]
  readonly item: readonly Folder[]
}

interface Folder {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly item: readonly Item[]
}

interface Item {
  readonly id: string
  readonly name: string
  readonly event: readonly PostmanScript[]
  readonly request: object
}

interface Auth {
  readonly type: 'noauth' | 'basic' | 'bearer'
  readonly [parameters: string]: unknown
}

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

const ACCOUNT = { nickname: '{{nickname}}', email: '{{email}}', password: '{{password}}' } as const

/** The walk as a collection for Postman; `baseUrl` is where its variable of that name points to. */
export function postmanCollection(
  server: ServerKind,
  steps: readonly Step[],
  baseUrl: string,
): PostmanCollection {
  const { info, tags } = openApiDocument(server)
  return {
    info: {
      _postman_id: stableId(server),
      name: String(info['title']),
      description: `${HOW_TO_RUN}\n\n${CREDENTIALS[server]}`,
      schema: SCHEMA,
    },
    auth: server === 'jwt' ? bearer('accessToken') : { type: 'noauth' },
    variable: variables(server, steps, baseUrl),
    item: tags.map(({ name, description }) => ({
      id: stableId(server, name),
      name,
      description,
      item: itemsOf(server, name, steps),
    })),
  }
}

const HOW_TO_RUN = `Every request of the contract, in an order that works from top to bottom, as often as you like:
"Register" makes a new account each time. Each request tests its answer, and keeps what later ones need in the
collection's variables. To use an account that exists, set \`nickname\`, \`email\` and \`password\` and begin at "Log in".`

const CREDENTIALS: Readonly<Record<ServerKind, string>> = {
  session: 'The session cookie is kept, and sent along, by Postman itself.',
  jwt: 'The tokens are in the variables `accessToken` and `refreshToken`, and sent as `Authorization: Bearer`.',
}

/** Empty until a request has filled it; a file must not hold a token, and not a password. */
function variables(
  server: ServerKind,
  steps: readonly Step[],
  baseUrl: string,
): PostmanCollection['variable'] {
  const tokens = server === 'jwt' ? { accessToken: '', refreshToken: '' } : {}
  const ids = steps.flatMap(({ keeps }) =>
    keeps.flatMap(({ variable, example }) => (example === undefined ? [] : [[variable, example]])),
  )
  const values: Record<string, string> = {
    baseUrl,
    nickname: '',
    email: '',
    password: '',
    ...tokens,
    ...Object.fromEntries(ids),
  }
  return Object.entries(values).map(([key, value]) => ({ key, value, type: 'string' }))
}

function itemsOf(server: ServerKind, folder: string, steps: readonly Step[]): Item[] {
  const login = steps.find(({ operation }) => operation.credential === 'basic')
  return steps
    .filter(({ operation }) => operation.tag === folder)
    .flatMap((step) => {
      const item = itemOf(server, step, step.operation.summary)
      if (!login || !step.loggedOut) return [item]
      const again = itemOf(server, login, `${login.operation.summary} again`)
      return [{ ...again, id: stableId(server, 'login before', step.operation.id) }, item]
    })
}

function itemOf(server: ServerKind, step: Step, name: string): Item {
  const { operation } = step
  const body = bodyWith(ACCOUNT, operation)
  const auth = authOf(operation, server)
  return {
    id: stableId(server, operation.id),
    name,
    event: scriptsOf(step),
    request: {
      method: operation.method,
      description: operation.description,
      ...(auth && { auth }),
      header: [],
      ...(body !== undefined && {
        body: { mode: 'raw', raw: body, options: { raw: { language: 'json' } } },
      }),
      url: urlOf(operation),
    },
  }
}

/** Undefined: that of the collection. Cookies need none, Postman sends back those that it was given. */
function authOf({ credential }: Operation, server: ServerKind): Auth | undefined {
  if (credential === 'basic') {
    return {
      type: 'basic',
      basic: authParameters({ username: '{{email}}', password: '{{password}}' }),
    }
  }
  if (server === 'session') return undefined
  if (credential === 'none') return { type: 'noauth' }
  return credential === 'refresh' ? bearer('refreshToken') : undefined
}

function bearer(variable: string): Auth {
  return { type: 'bearer', bearer: authParameters({ token: `{{${variable}}}` }) }
}

function authParameters(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([key, value]) => ({ key, value, type: 'string' }))
}

function urlOf(operation: Operation): object {
  const path = pathWithVariables(operation)
  const query = operation.parameters
    .filter((it) => it.in === 'query')
    .map(({ name, example, description }) => ({
      key: name,
      value: String(example),
      description,
      // To be switched on by whoever wants to turn pages.
      disabled: true,
    }))
  return {
    raw: `{{baseUrl}}${path}`,
    host: ['{{baseUrl}}'],
    path: path.slice(1).split('/'),
    ...(query.length > 0 && { query }),
  }
}

/** The same for the same name at every time, and in the form of a UUID (RFC 9562, section 5.8). */
function stableId(...name: readonly string[]): string {
  const hash = createHash('sha256').update(name.join('/')).digest('hex')
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`]
  return [...parts, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-')
}
