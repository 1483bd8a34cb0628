import {
  type Answer,
  type AnswerHeader,
  type Operation,
  operations,
  type ServerKind,
} from '@session-vs-jwt/http-contract'
import { markdownTable } from 'markdown-table'
import { codeList, codesTable, CREDENTIALS, demandsTable } from './refusals.js'
import { isOptional, membersOf } from './walk.js'

/** The contract for people: one page of tables, and how to use the files beside it. */
export function endpointsPage(baseUrls: Readonly<Record<ServerKind, string>>): string {
  return `# The contract

Two servers with the same endpoints: a session server (${baseUrls.session}) and a JWT server (${baseUrls.jwt}).
This page and the files beside it are made of [the contract as code](../../packages/http-contract/src/operations/operations.ts).
\`npm test\` fails where one of them is stale, and this writes them anew:

\`\`\`sh
npm test -- test/contract/export -u
\`\`\`

## Endpoints

**Access** and **refresh** are what a client has since it registered or logged in: one cookie for both at the session
server; at the JWT server the access token and the refresh token, sent as \`Authorization: Bearer …\`.

${endpointsTable()}

## Refusals

A refusal is \`application/problem+json\` (RFC 9457). Its \`code\` is stable and for programs. Beside the codes above, a
request can be refused for what it has in it:

${demandsTable()}

${codesTable()}

\`401\` has a \`WWW-Authenticate\`, \`429\` and \`503\` have a \`Retry-After\`. \`validation_failed\` and \`password_refused\`
name every field in \`errors\`.

## The files

${filesTable()}

- **Postman:** import the collection, then run it, or send one request after the other from the top. In a terminal:
  \`npx newman run docs/contract/jwt-server.postman_collection.json\`.
- **.http:** open it in VS Code with REST Client or httpyac. In a terminal:
  \`npx httpyac send docs/contract/jwt-server.http --all\`.
- **OpenAPI:** for editors, viewers and generators. The servers serve it, too: ${baseUrls.session}/openapi.json and
  ${baseUrls.jwt}/openapi.json.

Requests go to the servers that \`npm start\` runs, and each run registers an account of its own. For another server,
change the variable \`baseUrl\`: in Postman, with newman's \`--env-var baseUrl=http://127.0.0.1:4000\`, or at the top
of the \`.http\` file. Whether a server keeps the whole contract is for \`npm run contract\` to say.

## Further tables

- [The strategies compared](strategies.md): what a copied credential, a restart or a stopped Redis does to each
  ([as JSON](strategies.json)).
- [Lookups](lookups.md): what each request asks of PostgreSQL and of Redis ([as JSON](lookups.json)).
- [Attacks](security.md): what OWASP ASVS 5.0, RFC 8725 and RFC 9700 demand, met or not, and by which test
  ([as JSON](security.json)).
- [Faults](faults.md): what each strategy answers while a store, a clock or a client breaks, measured
  ([as JSON](faults.json)).
- [Several instances](instances.md): what each strategy notices of three processes of a server, of their replacement
  and of a death ([as JSON](instances.json)).
- [A store of many servers](cluster.md): failover, and what it loses ([as JSON](cluster.json)); [a million users, and
  a hundred million](scale.md), on paper ([as JSON](scale.json)).
`
}

function filesTable(): string {
  const row = (title: string, name: string): string[] => [
    title,
    ...(['session', 'jwt'] as const).map((server) => {
      const file = `${server}-server.${name}`
      return `[${file}](${file})`
    }),
  ]
  return markdownTable([
    ['for', 'session server', 'JWT server'],
    row('Postman', 'postman_collection.json'),
    row('REST Client, httpyac', 'http'),
    row('OpenAPI 3.1', 'openapi.json'),
  ])
}

function endpointsTable(): string {
  const head = ['endpoint', 'takes', 'session server gives', 'JWT server gives', 'refuses with']
  const rows = operations.map((operation) => [
    `\`${operation.method} ${operation.path}\``,
    takes(operation),
    gives(operation.success.session),
    gives(operation.success.jwt),
    codeList(operation.problems),
  ])
  return markdownTable([head, ...rows])
}

function takes({ credential, body, parameters }: Operation): string {
  const bodies = body?.examples.map(({ value }) => members(value)).join(' or ')
  const query = parameters.filter((it) => it.in === 'query').map(({ name }) => `\`?${name}=\``)
  const all = [CREDENTIALS[credential], bodies, ...query]
  return all.filter((it) => it !== undefined).join(', ')
}

function gives(answer: Answer | undefined): string {
  if (!answer) return '–'
  const isLeftOut = (member: string): boolean => isOptional(answer, member)
  const body = answer.body === undefined ? [] : [members(answer.example, isLeftOut)]
  const headers = answer.headers.flatMap((header) => HEADERS[header] ?? [])
  return [[answer.status, ...body].join(' '), ...headers].join(', ')
}

/** With a `?` behind what some strategies leave out. */
function members(example: unknown, isLeftOut: (member: string) => boolean = () => false): string {
  const names = membersOf(example).map((it) => (isLeftOut(it) ? `${it}?` : it))
  return `\`{${names.join(', ')}}\``
}

/** Those of an answer's headers that are a part of what one came for. */
const HEADERS: Partial<Record<AnswerHeader, string>> = {
  location: '`Location`',
  newCookie: 'a new cookie',
  renewedCookie: 'the cookie anew where it carries the session',
  endedCookie: 'takes the cookie back',
}
