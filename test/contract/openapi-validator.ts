import type { IncomingHttpHeaders } from 'node:http'
import type { OpenApiDocument } from '@session-vs-jwt/http-contract'
import { type Exchange, jsonOf } from '@session-vs-jwt/workbench'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** What came back for a request. */
export interface CheckedAnswer {
  readonly method: string
  /** With or without a query. */
  readonly path: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Parsed, where it is JSON. Undefined or an empty text: there is none. */
  readonly body: unknown
}

/**
 * All that `document` does not allow in an answer; nothing if it fits. Where no operation matches, a
 * problem document is what fits: a path that is not there, a method that is not, a request that is no HTTP.
 */
export function answerProblems(document: OpenApiDocument, answer: CheckedAnswer): string[] {
  let checker = checkers.get(document)
  if (!checker) checkers.set(document, (checker = new AnswerChecker(document)))
  const { method, path, status } = answer
  return checker.check(answer).map((problem) => `${method} ${path}, ${status}: ${problem}`)
}

/** The same for an exchange as the clients record it. */
export function exchangeProblems(document: OpenApiDocument, exchange: Exchange): string[] {
  const { pathname, search } = new URL(exchange.url)
  const body = jsonOf(exchange) ?? exchange.body
  return answerProblems(document, { ...exchange, path: pathname + search, body })
}

/** Schemas are compiled when they are first met, and once for a document. */
const checkers = new WeakMap<OpenApiDocument, AnswerChecker>()

const PROBLEM = 'application/problem+json'
const ANY_PROBLEM = ['components', 'schemas', 'Problem']

type Pointer = readonly string[]
type Node = { readonly [name: string]: unknown }

class AnswerChecker {
  readonly #document: OpenApiDocument
  readonly #templates: readonly (readonly [pattern: RegExp, template: string])[]
  readonly #bodies = newAjv()
  /** What a header carries is text: a number in it stands in digits. */
  readonly #headers = newAjv({ coerceTypes: true })
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(document: OpenApiDocument) {
    this.#document = document
    this.#templates = Object.keys(document.paths).map((it) => [patternOf(it), it])
    for (const ajv of [this.#bodies, this.#headers]) {
      // The schemas are reached through the document, whose own members are no keywords of a schema.
      ajv.addVocabulary(Object.keys(document))
      ajv.addSchema(document, 'document', false, false)
    }
  }

  check(answer: CheckedAnswer): string[] {
    const { method, path, status } = answer
    // What a server allows is the router's and the browser's business: no operation is asked for.
    if (method === 'OPTIONS' && status < 300) return []
    const [pathname = ''] = path.split('?')
    const template = this.#templates.find(([pattern]) => pattern.test(pathname))?.[1]
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase()
    const responses: Pointer = ['paths', template ?? '', verb, 'responses']
    if (!this.#at(responses)) return this.#checkUnmatched(answer)
    const found = [String(status), `${Math.floor(status / 100)}XX`].find((it) =>
      this.#at([...responses, it]),
    )
    if (found === undefined) {
      return [`the status is none of ${Object.keys(this.#at(responses) as Node).join(', ')}`]
    }
    return this.#checkResponse(this.#resolve([...responses, found]), answer)
  }

  #checkUnmatched(answer: CheckedAnswer): string[] {
    if (answer.status < 400) return ['the document has no such operation']
    if (answer.method === 'HEAD') return []
    return this.#checkContent({ [PROBLEM]: ANY_PROBLEM }, answer)
  }

  #checkResponse(pointer: Pointer, answer: CheckedAnswer): string[] {
    const { headers = {}, content = {} } = this.#at(pointer) as Record<string, Node>
    const wrongHeaders = Object.keys(headers).flatMap((name) =>
      this.#checkHeader(this.#resolve([...pointer, 'headers', name]), name, answer.headers),
    )
    const schemas = Object.keys(content).map(
      (type) => [type, [...pointer, 'content', type, 'schema']] as const,
    )
    if (answer.method === 'HEAD') return wrongHeaders
    return [...wrongHeaders, ...this.#checkContent(Object.fromEntries(schemas), answer)]
  }

  #checkHeader(pointer: Pointer, name: string, headers: IncomingHttpHeaders): string[] {
    const value = headers[name.toLowerCase()]
    if (value === undefined) {
      return (this.#at(pointer) as Node)['required'] ? [`the header ${name} is missing`] : []
    }
    const matches = this.#validator(this.#headers, [...pointer, 'schema'])
    return [value]
      .flat()
      .flatMap((it) => (matches(it) ? [] : explain(`the header ${name}`, matches.errors)))
  }

  #checkContent(schemas: Readonly<Record<string, Pointer>>, answer: CheckedAnswer): string[] {
    const { body, headers, status } = answer
    const types = Object.keys(schemas)
    const isEmpty = body === undefined || body === ''
    if (types.length === 0) return isEmpty ? [] : ['there is a body, and should be none']
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
    const schema = schemas[type ?? '']
    if (!schema) return [`the media type is ${type ?? 'missing'}, not ${types.join(' or ')}`]
    const fits = this.#validator(this.#bodies, schema)
    if (!fits(body)) return explain('the body', fits.errors)
    if (type !== PROBLEM || (body as Node)['status'] === status) return []
    return [`the body: status is ${String((body as Node)['status'])}`]
  }

  #validator(ajv: Ajv2020, pointer: Pointer): ValidateFunction {
    const $ref = `document#/${pointer.map(escape).join('/')}`
    const known = this.#compiled.get($ref)
    if (known) return known
    const compiled = ajv.compile({ $ref })
    this.#compiled.set($ref, compiled)
    return compiled
  }

  /** Where a reference leads to, else the place itself. */
  #resolve(pointer: Pointer): Pointer {
    const { $ref } = this.#at(pointer) as { $ref?: string }
    return $ref === undefined ? pointer : $ref.split('/').slice(1)
  }

  #at(pointer: Pointer): unknown {
    return pointer.reduce<unknown>(
      (node, name) => (node as Node | undefined)?.[name],
      this.#document,
    )
  }
}

function newAjv(options: object = {}): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allErrors: true, verbose: true, ...options })
  addFormats.default(ajv)
  return ajv
}

/** `/posts/{id}` as a pattern of paths. */
function patternOf(template: string): RegExp {
  const parts = template
    .split(/\{\w+\}/)
    .map((it) => it.replaceAll(/[.*+?^$()[\]\\|]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('[^/]+')}$`)
}

/** One step of a JSON pointer in a URI (RFC 6901, sections 3 and 6). */
function escape(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** `what` the value is that has these errors. */
function explain(what: string, errors: readonly ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map(({ instancePath, keyword, params, message, data }) => {
    const where = `${what}${instancePath.replaceAll('/', '.')}`
    if (keyword === 'additionalProperties') {
      return `${where} has a member that is not in the document: ${params['additionalProperty']}`
    }
    if (keyword === 'required') return `${where} lacks the member ${params['missingProperty']}`
    const allowed = params['allowedValues'] ?? params['allowedValue']
    const values = allowed === undefined ? '' : `: ${JSON.stringify(allowed)}`
    return `${where} ${message}${values}, and is ${shown(data)}`
  })
}

/** Enough of a value to recognise it. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
