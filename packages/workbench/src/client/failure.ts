import type { Exchange, NoAnswer } from './http-exchange.js'

/** What was not as it should be, in lines for people. */
export interface Failure {
  readonly sent?: string
  readonly came: string
  readonly expected: string
}

const SHOWN_BODY = 300
const SHOWN_HEADER = 60
const SHOWN_CREDENTIAL = 24
/** What every request of a client says in the same way. */
const UNTOLD_HEADERS = new Set(['user-agent', 'accept', 'content-length'])
const TOKEN = /("(?:access|refresh)Token"\s*:\s*")([^"]*)/g
const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie'])

/** What came, where something else was expected. */
export function describeFailure(answer: Exchange, expected: string): Failure {
  const { method, url, requestHeaders, requestBody } = answer
  return {
    sent: sent({ method, url, headers: requestHeaders, body: requestBody }),
    came: `${answer.status} ${shorten(withoutTokens(answer.body), SHOWN_BODY) || '(an empty body)'}`,
    expected,
  }
}

/** Nothing came. */
export function describeSilence({ request, code, message }: NoAnswer): Failure {
  const reason = code === undefined || message.includes(code) ? message : `${code}, ${message}`
  return {
    sent: sent(request),
    came: `no answer (${shorten(reason, SHOWN_BODY)})`,
    expected: 'an answer',
  }
}

/** The lines below a headline. */
export function failureLines({ sent: request, came, expected }: Failure): string {
  return [
    ...(request === undefined ? [] : [`    sent:     ${request}`]),
    `    came:     ${came}`,
    `    expected: ${expected}`,
  ].join('\n')
}

function sent({ method, url, headers, body }: NoAnswer['request']): string {
  const told = Object.entries(headers).flatMap(([name, value]) => {
    if (UNTOLD_HEADERS.has(name)) return []
    // Enough to tell one from another, and not enough to use it.
    const length = CREDENTIAL_HEADERS.has(name) ? SHOWN_CREDENTIAL : SHOWN_HEADER
    return [`${name}: ${shorten(value, length)}`]
  })
  return [`${method} ${url}`, ...told, ...(body ? [shorten(body, SHOWN_BODY)] : [])].join(', ')
}

/** A report is kept where many read it: what it tells of a token opens nothing. */
function withoutTokens(body: string): string {
  return body.replaceAll(
    TOKEN,
    (_, name: string, token: string) => name + shorten(token, SHOWN_CREDENTIAL),
  )
}

/** Short, and on one line: what comes from a server must not steer the terminal. */
function shorten(text: string, length: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return line.length > length ? `${line.slice(0, length)}…` : line
}
