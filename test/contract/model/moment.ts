import type { Command, CommandOf } from './command.js'
import { refusalOf, renewIfDue, type Rules } from './credential.js'
import type { Credential, Held, State } from './state.js'

/** Status, then the code of a problem or what the answer says: `401 invalid_credential`. */
export type Answer = string

/** What the device that sent a request has from its answer, where that changes. */
export interface Taken {
  readonly held?: Held
  /** The post that it wrote. */
  readonly post?: string
}

/**
 * A request is a few moments, and between two of them other requests may have theirs: one whose
 * credential was good is served, though a moment later the credential may be dead. Where a moment can
 * go in several ways, the contract leaves it open.
 */
export type Moment = (state: State) => readonly Turn[]
export type Turn = GoingOn | Answered

interface GoingOn {
  readonly state: State
  readonly next: Moment
  /** What `next` remembers of the states before. */
  readonly seen: string
}

export interface Answered {
  readonly state: State
  readonly answer: Answer
  readonly taken: Taken
}

/** What a device knew when it sent a request. */
export interface Sent {
  /** Names what the request makes: a login, a post. */
  readonly id: string
  readonly held: Held
  /** The login or the post that the request names. */
  readonly target: string | undefined
  /** Other requests at the same time that try a password of the same account. */
  readonly crowd: number
}

export interface Request<Do extends Command['do']> extends Sent {
  readonly command: CommandOf<Do>
}

export type Handler<Do extends Command['do']> = (request: Request<Do>, rules: Rules) => Moment

export function answer(state: State, text: Answer, taken: Taken = {}): readonly Turn[] {
  return [{ state, answer: text, taken }]
}

export function goOn(state: State, next: Moment, seen = ''): readonly Turn[] {
  return [{ state, next, seen }]
}

/** A private route: first the credential is looked at, then the request does what it came for. */
export function privately(
  { held: { access } }: Sent,
  rules: Rules,
  effect: (state: State, visitor: Credential) => readonly Turn[],
): Moment {
  return (state) => {
    const refusal = refusalOf(state, access, rules)
    if (!access || refusal) return answer(state, `401 ${refusal}`)
    const { state: renewed, held } = renewIfDue(state, access, rules)
    const taking = (turn: Turn): Turn =>
      'next' in turn
        ? { ...turn, next: (later) => turn.next(later).map(taking) }
        : { ...turn, taken: { ...(held && { held }), ...turn.taken } }
    return goOn(renewed, (later) => effect(later, held?.access ?? access).map(taking))
  }
}
