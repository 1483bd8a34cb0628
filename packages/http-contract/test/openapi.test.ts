import { describe, expect, test, vi } from 'vitest'
import { openApiDocument } from '../src/openapi/openapi.js'
import type { OpenApiDocument, ResponseObject } from '../src/openapi/document.js'
import type { ServerKind } from '../src/operations/operation.js'
import { operations } from '../src/operations/operations.js'
import { Problem, type ProblemCode } from '../src/problem.js'

type Node = Record<string, unknown>

/** Every object in the document, with the pointer that leads to it. */
function* nodesOf(node: unknown, pointer = '#'): Generator<[pointer: string, node: Node]> {
  if (typeof node !== 'object' || node === null) return
  yield [pointer, node as Node]
  for (const [name, inner] of Object.entries(node)) {
    yield* nodesOf(inner, `${pointer}/${name.replaceAll('/', '~1')}`)
  }
}

const operationOf = (document: OpenApiDocument, id: string) =>
  Object.values(document.paths)
    .flatMap((item) => Object.values(item))
    .find(({ operationId }) => operationId === id) ?? expect.fail(`no operation ${id}`)

describe.each<ServerKind>(['session', 'jwt'])('the OpenAPI document of the %s server', (kind) => {
  const document = openApiDocument(kind)
  const nodes = new Map(nodesOf(document))

  test('is made once, and is the same whenever it is made', async () => {
    expect(openApiDocument(kind)).toBe(document)
    vi.resetModules()
    const again = await import('../src/openapi/openapi.js')
    expect(again.openApiDocument(kind)).not.toBe(document)
    expect(JSON.stringify(again.openApiDocument(kind))).toBe(JSON.stringify(document))
  })

  test('has every operation once, and begins where a person would', () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    )
    const served = operations.filter(({ success }) => success[kind]).map(({ id }) => id)
    expect(ids.toSorted()).toEqual(served.toSorted())
    expect(ids[0]).toBe('register')
  })

  test('refers to nothing that is not there', () => {
    const refs = [...nodes.values()].flatMap((node) => node['$ref'] ?? [])
    expect(refs.length).toBeGreaterThan(100)
    expect(refs.filter((ref) => !nodes.has(ref as string))).toEqual([])
  })

  test('has a word on every operation, parameter, header and answer', () => {
    const wanted = /^#\/(?:paths\/[^/]+\/[a-z]+(?:\/parameters\/\d+)?|components\/headers\/\w+)$/
    const found = [...nodes].filter(([pointer]) => wanted.test(pointer))
    expect(found.length).toBeGreaterThan(25)
    for (const [pointer, node] of found) expect(node['description'], pointer).toMatch(/\w.*\.$/)
    for (const { responses } of Object.values(document.paths).flatMap((it) => Object.values(it))) {
      for (const response of Object.values(responses)) {
        if ('description' in response) expect(response.description).toMatch(/\.$/)
      }
    }
  })

  test('knows each member of our bodies: no schema is open but that of this document', () => {
    const open = [...nodes].filter(
      ([pointer, node]) =>
        pointer.startsWith('#/components/schemas/') &&
        node['properties'] !== undefined &&
        node['additionalProperties'] !== false,
    )
    const names = open.map(([pointer]) => pointer.split('/')[3])
    expect(new Set(names)).toEqual(new Set(['OpenApi']))
  })

  test('names the codes of each refusal, all with the status that it is listed under', () => {
    for (const { responses } of Object.values(document.paths).flatMap((it) => Object.values(it))) {
      for (const [status, response] of Object.entries(responses)) {
        if (!('$ref' in response)) continue
        const refusal = nodes.get(response.$ref) as unknown as ResponseObject
        const { examples = {} } = refusal.content?.['application/problem+json'] ?? {}
        const codes = Object.keys(examples) as ProblemCode[]
        expect(codes.length).toBeGreaterThan(0)
        for (const code of codes) {
          const pattern = new RegExp(`^${status.replace('XX', '\\d\\d')}$`)
          expect(String(new Problem(code).status), `${code} in ${response.$ref}`).toMatch(pattern)
          expect(refusal.description).toContain(`\`${code}\``)
        }
      }
    }
  })

  test('shows no pattern in place of a format, and no limit that JavaScript sets', () => {
    const json = JSON.stringify(document.components.schemas)
    expect(json).not.toContain(String(Number.MAX_SAFE_INTEGER))
    for (const [pointer, node] of nodes) {
      if (node['format'] === undefined || node['type'] !== 'string') continue
      expect([undefined, 'Z$'], pointer).toContain(node['pattern'])
    }
  })
})

describe('the two documents', () => {
  const [session, jwt] = [openApiDocument('session'), openApiDocument('jwt')]

  test('ask for a cookie, and for one of two tokens', () => {
    const security = (document: OpenApiDocument, id: string): string[] =>
      operationOf(document, id).security.flatMap((it) => Object.keys(it))
    expect(Object.keys(session.components.securitySchemes)).toEqual(['password', 'session'])
    for (const id of ['whoami', 'renewAccess', 'logout']) {
      expect(security(session, id)).toEqual(['session'])
    }
    expect(security(jwt, 'whoami')).toEqual(['accessToken'])
    expect(security(jwt, 'renewAccess')).toEqual(['refreshToken'])
    expect(security(jwt, 'logout')).toEqual(['accessToken', 'refreshToken'])
    for (const document of [session, jwt]) {
      expect(security(document, 'login')).toEqual(['password'])
      expect(security(document, 'live')).toEqual([])
    }
  })

  test('give a cookie where the other gives tokens', () => {
    const login = (document: OpenApiDocument) =>
      operationOf(document, 'login').responses['200'] as ResponseObject
    expect(Object.keys(login(session).headers ?? {})).toContain('Set-Cookie')
    expect(Object.keys(login(jwt).headers ?? {})).not.toContain('Set-Cookie')
    expect(login(session).content?.['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/UserBody',
    })
    expect(login(jwt).content?.['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/UserWithTokens',
    })
  })

  test('say what can be done next with an id', () => {
    const { links } = operationOf(jwt, 'createPost').responses['201'] as ResponseObject
    expect(links).toMatchObject({
      showPost: { operationId: 'showPost', parameters: { id: '$response.body#/post/id' } },
    })
  })
})
