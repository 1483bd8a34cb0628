import type { Exchange } from '../client/http-exchange.js'

/** Why a step failed, in lines for people. */
export interface StepFailure {
  readonly sent?: string
  readonly came: string
  readonly expected: string
}

const SHOWN_BODY = 300
const SHOWN_CREDENTIAL = 24

export function describeFailure(answer: Exchange, expected: string): StepFailure {
  const { method, url, requestHeaders } = answer
  const carried = ['authorization', 'cookie'].flatMap((name) => {
    const value = requestHeaders[name]
    // Enough to tell one from another, and not enough to use it.
    return value === undefined ? [] : [`${name}: ${shorten(value, SHOWN_CREDENTIAL)}`]
  })
  return {
    sent: [`${method} ${url}`, ...carried].join(', '),
    came: `${answer.status} ${shorten(printable(answer.body), SHOWN_BODY) || '(an empty body)'}`,
    expected,
  }
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}

/** What comes from a server must not steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim()
}
