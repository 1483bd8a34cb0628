import type { Client } from 'autocannon'
import type { LoadOrder, LoadRequest } from './load-order.js'
import { withNewName } from './new-name.js'
import type { WrongAnswers } from './wrong-answers.js'

/** The parts of autocannon's client that its types don't show. */
interface Internals {
  readonly opts: { verifyBody: (body: string) => boolean }
  readonly conn: NodeJS.EventEmitter & { destroy(): void }
  readonly parser: { reinitialize(type: 'RESPONSE'): void }
  readonly pipelinedRequests: { clear(): void }
}

type Listen = (event: string, listener: (...args: never[]) => void) => void

export interface CheckOptions extends Pick<LoadOrder, 'amount' | 'neverTwice'> {
  readonly wrong: WrongAnswers
  readonly answerWithin: number
}

/**
 * Makes a client send the requests of `own` in turn, and checks the answer to each. autocannon compares all answers
 * with one body. And if a connection breaks, it opens another one and doesn't mention the request.
 */
export function checkEachAnswer(
  client: Client,
  own: readonly LoadRequest[],
  { wrong, amount, neverTwice, answerWithin }: CheckOptions,
): void {
  client.setRequests(own.map(autocannonRequest))
  const internals = client as unknown as Internals
  const on = client.on.bind(client) as unknown as Listen
  let conn: Internals['conn'] | undefined
  let begun = 0
  let sentAt = 0
  let isPending = false
  let status = 0
  let answered: LoadRequest | undefined
  let isRepeat = false
  let connectionError: string | undefined

  const lose = (): void => {
    const isLate = performance.now() - sentAt >= answerWithin * 1_000
    const why = isLate ? `it took more than ${answerWithin} s` : 'the connection was closed'
    wrong.lose(connectionError ?? why)
    connectionError = undefined
    // Half an answer must not be taken for the beginning of the next one.
    internals.parser.reinitialize('RESPONSE')
    internals.pipelinedRequests.clear()
  }

  on('connError', (error: Error) => (connectionError = error.message))
  on('request', () => {
    if (isPending) lose()
    if (conn !== internals.conn) {
      if (conn) silence(conn)
      conn = internals.conn
    }
    begun += 1
    sentAt = performance.now()
    isPending = true
  })
  on('response', (code: number) => {
    status = code
    answered = own[(begun - 1) % own.length]
    isRepeat = begun > own.length
    isPending = false
  })
  on('done', () => {
    // If the load ends by time, the last request is cut off and not lost.
    if (isPending && amount !== undefined) lose()
  })
  // Called after the client has begun the next request.
  internals.opts.verifyBody = (body) => {
    if (neverTwice && isRepeat) wrong.add('no request was left that is new')
    else if (answered) wrong.check({ status, body }, answered.expected)
    return true
  }
}

/** A connection that was given up must not report its end once more: autocannon would open two for it. */
function silence(conn: Internals['conn']): void {
  for (const event of ['data', 'end', 'error']) conn.removeAllListeners(event)
  conn.on('error', () => undefined)
  conn.destroy()
}

function autocannonRequest({ method, path, headers, body }: LoadRequest) {
  return {
    method,
    path,
    headers: { ...headers },
    ...(body !== undefined && { body }),
    ...(body?.includes('$ID') && {
      setupRequest: (request: object) => ({ ...request, body: withNewName(body) }),
    }),
  }
}
