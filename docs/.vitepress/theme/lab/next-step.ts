import type { ProblemCode } from '@session-vs-jwt/http-contract'
import type { Exchange, Lane } from './lane.js'
import { parsed } from './send.js'
import { workbench } from './workbench.js'

/** What an answer means for the person in front of the page, and what to press next. */
export interface Reading {
  readonly tone: 'good' | 'bad'
  readonly text: string
  readonly next: string
}

/** For each code of a refusal (RFC 9457, as in the contract): what to do. */
const NEXT: Readonly<Partial<Record<ProblemCode, string>>> = {
  missing_credential: 'Nothing was sent that says who you are. Register, or log in.',
  invalid_credential: 'The server does not know this credential (any more). Log in again.',
  expired_credential: 'Its time is over. Renew the access, or log in again.',
  reused_credential: 'It was spent before, so its whole family has been ended. Log in again.',
  replaced_credential:
    'It was exchanged a moment ago. Use the token that came back, or log in again.',
  invalid_credentials: 'The server does not say which of the two. Correct it above, or register.',
  nickname_taken: 'Somebody has this name. Change it above, or press “New account”.',
  email_taken: 'You are registered already: log in.',
  too_many_attempts: 'Wait for the time in Retry-After, or use a new account.',
  store_unavailable: 'Start it again below, then try once more.',
  overloaded: 'Too many passwords are being hashed. Try again in a moment.',
  validation_failed: 'Correct the fields that the answer names.',
  password_refused: 'Choose another password above.',
  forbidden_origin: 'The server takes requests from the workbench’s own page only. Open that one.',
  not_supported: 'This strategy keeps nothing, so there is nothing to list or to end.',
}

/** What the workbench knows of a server that does not answer. */
function whereItIs({ server, name }: Lane): string {
  if (workbench.link === 'lost') return 'Nor does the workbench: is npm start still running?'
  const instances = workbench.record.servers?.[server].instances ?? []
  const hasEnded = instances.some(({ running }) => !running)
  return hasEnded
    ? `Its process has ended. Press “Restart ${name}” below.`
    : 'It may be restarting. Press the button again in a moment.'
}

export function readingOf(exchange: Exchange, lane: Lane): Reading {
  const { status, response, failure } = exchange
  if (status === 0) {
    return {
      tone: 'bad',
      text: `The ${lane.name} server does not answer (${failure}).`,
      next: whereItIs(lane),
    }
  }
  if (status < 400) return { tone: 'good', text: `${exchange.action}: ${status}.`, next: '' }
  const { code, title, detail } = parsed(response?.body ?? '') as {
    code?: ProblemCode
    title?: string
    detail?: string
  }
  return {
    tone: 'bad',
    text: `${status}: ${(detail ?? title ?? 'refused').replace(/\.$/, '')}.`,
    next: (code && NEXT[code]) ?? '',
  }
}
