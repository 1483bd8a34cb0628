import { openApiDocument, type OperationId, operations } from '@session-vs-jwt/http-contract'
import {
  describeFailure,
  type Exchange,
  type Failure,
  jsonOf,
  type ServerKind,
} from '@session-vs-jwt/workbench'
import { answerProblems } from '../openapi-validator.js'

/** A finding is told once, whichever post or device it was found at. */
const withoutIds = (text: string): string => text.replaceAll(/[\da-f]{8}-[\da-f-]{27}/gi, ':id')

/** Holds every answer that the suite gets against the OpenAPI document of the contract. */
export class AnswerCheck {
  readonly #document: ReturnType<typeof openApiDocument>
  readonly #server: ServerKind
  readonly #base: string
  readonly #found = new Map<string, Exchange>()
  /** The operations that were answered as one that has asked rightly is. */
  readonly granted: Set<OperationId> = new Set()
  /** How many answers there were. */
  seen = 0

  /** @param baseUrl of the server: what it has behind its host is no part of the contract's paths */
  constructor(server: ServerKind, baseUrl = '') {
    this.#server = server
    this.#document = openApiDocument(server)
    this.#base = URL.canParse(baseUrl) ? new URL(baseUrl).pathname.replace(/\/$/, '') : ''
  }

  see(exchange: Exchange): void {
    const { method, url, status } = exchange
    const { pathname, search } = new URL(url)
    // A proxy in front of the server may have refused it, in words of its own.
    if (status === 400 && !canBeDecoded(pathname)) return
    this.seen += 1
    const path = pathname.slice(this.#base.length)
    const operation = operationAt(method, path)
    if (operation?.success[this.#server]?.status === status) this.granted.add(operation.id)
    const answer = { ...exchange, path: path + search, body: jsonOf(exchange) ?? exchange.body }
    for (const problem of answerProblems(this.#document, answer)) {
      const key = withoutIds(problem)
      if (!this.#found.has(key)) this.#found.set(key, exchange)
    }
  }

  /** The first exchange that is not as the document has it, and all that was found in any. */
  failure(): Failure | undefined {
    const [first] = this.#found
    if (!first) return undefined
    const [problem, exchange] = first
    const others = [...this.#found.keys()].slice(1)
    const lines = others.map((it) => `\n              ${it}`).join('')
    const also = others.length === 0 ? '' : `; and elsewhere:${lines}`
    return describeFailure(exchange, `what the document allows (${problem})${also}`)
  }
}

function canBeDecoded(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0')
  } catch {
    return false
  }
}

const patterns = operations.map((it) => {
  const path = it.path.replaceAll('.', String.raw`\.`).replace(':id', '[^/]+')
  return [new RegExp(`^${it.method} ${path}$`), it] as const
})

function operationAt(method: string, path: string): (typeof operations)[number] | undefined {
  return patterns.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1]
}
