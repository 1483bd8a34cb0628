import type { Answer } from '../operations/answer.js'
import { parameters } from '../contract.js'
import type { OpenApiDocument, OperationObject, Reference, ResponseObject } from './document.js'
import {
  answerResponse,
  componentHeaders,
  problemExamples,
  type Refusal,
  refusalResponse,
  refusalsOf,
} from './responses.js'
import { componentSchemas, jsonSchema, schemaRef } from './schemas.js'
import { info, RULES, securityOf, securitySchemes, tags } from './texts.js'
import type {
  Operation,
  OperationId,
  OperationParameter,
  ServerKind,
} from '../operations/operation.js'
import { operations } from '../operations/operations.js'

/** Grows when a client could notice: the second part with what is new, the first with what breaks. */
const CONTRACT_VERSION = '1.0.0'

const documents = new Map<ServerKind, OpenApiDocument>()

/** The contract of `server` as an OpenAPI 3.1 document: the same one at every call. */
export function openApiDocument(server: ServerKind): OpenApiDocument {
  const document = documents.get(server) ?? generate(server)
  documents.set(server, document)
  return document
}

function generate(server: ServerKind): OpenApiDocument {
  const served = operations.filter(({ success }) => success[server])
  const refusals = served.flatMap((operation) => Object.values(refusalsOf(operation, server)))
  const answers = served.flatMap((operation) => answersOf(operation, server)).map(answerResponse)
  const responses = responsesByName(refusals, server)
  const { title, description } = info[server]
  return {
    openapi: '3.1.1',
    info: {
      title,
      version: CONTRACT_VERSION,
      description: `${description}\n\n${RULES}`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Relative to the document: wherever it was fetched.
    servers: [{ url: '/' }],
    tags,
    paths: pathsOf(served, server),
    components: {
      securitySchemes: securitySchemes[server],
      schemas: componentSchemas(served, server),
      responses,
      headers: componentHeaders([...answers, ...Object.values(responses)]),
      examples: problemExamples(new Set(refusals.flatMap(({ codes }) => codes))),
    },
  }
}

function answersOf({ success, unready }: Operation, server: ServerKind): Answer[] {
  return [success[server], unready].filter((answer) => answer !== undefined)
}

function responsesByName(
  refusals: readonly Refusal[],
  server: ServerKind,
): Record<string, ResponseObject> {
  return Object.fromEntries(refusals.map((it) => [it.name, refusalResponse(it, server)]))
}

function pathsOf(served: readonly Operation[], server: ServerKind): OpenApiDocument['paths'] {
  const byPath: Record<string, Record<string, OperationObject>> = {}
  for (const operation of served) {
    const path = (byPath[templateOf(operation.path)] ??= {})
    path[operation.method.toLowerCase()] = operationObject(operation, server)
  }
  return byPath
}

/** `/posts/{id}` for `/posts/:id` */
function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

function operationObject(operation: Operation, server: ServerKind): OperationObject {
  const { id, tag, summary, description, credential, body } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: securityOf[server][credential].map((scheme) => ({ [scheme]: [] })),
    ...(operation.parameters.length > 0 && {
      parameters: operation.parameters.map(parameterObject),
    }),
    ...(body && { requestBody: requestBody(body) }),
    responses: responsesOf(operation, server),
  }
}

function parameterObject({ name, in: place, description, example }: OperationParameter): object {
  const required = place === 'path'
  return { name, in: place, required, description, schema: jsonSchema(parameters[name]), example }
}

function requestBody({ schema, examples }: NonNullable<Operation['body']>): object {
  const named = examples.map(({ name, summary, value }) => [name, { summary, value }] as const)
  return {
    required: true,
    content: {
      'application/json': { schema: schemaRef(schema), examples: Object.fromEntries(named) },
    },
  }
}

function responsesOf(operation: Operation, server: ServerKind): OperationObject['responses'] {
  const responses: Record<string, ResponseObject | Reference> = {}
  for (const answer of answersOf(operation, server)) {
    const links = answer === operation.success[server] ? linksFrom(operation.id) : {}
    const hasLinks = Object.keys(links).length > 0
    responses[answer.status] = { ...answerResponse(answer), ...(hasLinks && { links }) }
  }
  for (const [status, { name }] of Object.entries(refusalsOf(operation, server))) {
    responses[status] ??= { $ref: `#/components/responses/${name}` }
  }
  return responses
}

/** What can be done next with something that the answer holds. */
function linksFrom(source: OperationId): Record<string, unknown> {
  const next = operations.flatMap(({ id, parameters: taken }) =>
    taken
      .filter(({ from }) => from?.operation === source)
      .map(({ name, from }) => [
        id,
        { operationId: id, parameters: { [name]: `$response.body#${from?.pointer}` } },
      ]),
  )
  return Object.fromEntries(next)
}
