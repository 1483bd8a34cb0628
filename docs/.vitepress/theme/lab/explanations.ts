import type { Lane } from './lane.js'
import { stolen } from './thief.js'

/** What was seen, and where to read more. */
export interface Explanation {
  readonly lines: readonly string[]
  readonly link: string
  readonly linkText: string
}

const COMPARED = {
  link: '/contract/strategies',
  linkText: 'The strategies compared, each cell a test',
}
const FAULTS = {
  link: '/contract/faults',
  linkText: 'What each strategy answers while something breaks',
}

/** What a lane's last answer to the thief was, in words. */
function outcome(lane: Lane): string {
  const last = lane.exchanges.findLast(({ by }) => by === 'thief')
  if (!last) return `${lane.name}: nothing was stolen here yet.`
  const { action, status } = last
  if (status < 300) {
    return `${lane.name}: ${status}. The copy works: the server can't tell it from the original.`
  }
  if (status === 401) return `${lane.name}: 401. This credential opens nothing (any more).`
  return `${lane.name}: ${action} was answered with ${status}.`
}

/** Strategies that look at nothing but the credential itself, request by request. */
const looksNothingUp = ({ strategy }: Lane): boolean =>
  ['session-cookie', 'jwt-rotating', 'jwt-stateless'].includes(strategy)

export const explain = {
  stolen: (lanes: readonly Lane[]): Explanation => ({
    lines: [
      `Copied: ${lanes
        .filter(({ server }) => stolen[server])
        .map(({ server }) => (server === 'session' ? 'the cookie' : 'both tokens'))
        .join(', ')}. Neither server has noticed.`,
      'Now let the thief try, log out, and let the thief try again.',
    ],
    ...COMPARED,
  }),

  thief: (lanes: readonly Lane[]): Explanation => ({
    lines: [
      ...lanes.map(outcome),
      'After a logout it depends on who is asked: a store that has forgotten the session says no; a signature says yes until it expires.',
    ],
    ...COMPARED,
  }),

  time: (lanes: readonly Lane[], seconds: number): Explanation => ({
    lines: [
      `Both servers’ clocks went ${seconds / 60} minutes ahead; the stores’ and this browser’s did not.`,
      'A session ends 30 minutes after its last renewal, an access token 5 minutes after it was issued, a refresh token after an hour, and every login after 8 hours.',
      `Send “Who am I” to ${lanes.map(({ name }) => name).join(' and ')} to see which still holds.`,
    ],
    ...COMPARED,
  }),

  timeBack: (): Explanation => ({
    lines: [
      'The clocks are right again. What was issued in the future has an “iat” ahead of now; what had expired is valid again, where only the clock had ended it.',
    ],
    ...COMPARED,
  }),

  restart: ({ name, strategy }: Lane): Explanation => ({
    lines: [
      `The ${name} server is a new process. It knows what is in its stores, and its keys.`,
      strategy === 'session-memory'
        ? 'The sessions were in the memory of the old process: everybody is logged out.'
        : 'Logins are kept elsewhere, so nobody is logged out. Send “Who am I”.',
    ],
    ...COMPARED,
  }),

  second: (lane: Lane, runs: boolean): Explanation => ({
    lines: runs
      ? [
          `Requests of the ${lane.name} lane go to a second instance now, with the same keys and the same stores.`,
          lane.strategy === 'session-memory'
            ? 'The session is in the memory of the first one: this one has never heard of it.'
            : 'It knows the login: what it needs is in a store that both share, or in the credential.',
        ]
      : [`Requests of the ${lane.name} lane go to the first instance again.`],
    ...COMPARED,
  }),

  redis: (lanes: readonly Lane[], running: boolean): Explanation => ({
    lines: running
      ? ['Redis is back, with all that was acknowledged. The servers find it by themselves.']
      : [
          'Redis is gone. Send “Who am I” to both.',
          ...lanes.map((lane) =>
            looksNothingUp(lane) || /postgres|memory|user-lookup/.test(lane.strategy)
              ? `${lane.name} (${lane.strategy}) does not ask Redis who you are: it should go on.`
              : `${lane.name} (${lane.strategy}) asks Redis who you are: 503, and never a guess.`,
          ),
          'Logging in needs Redis everywhere: failed logins are counted there.',
        ],
    ...FAULTS,
  }),

  strategy: ({ name }: Lane, strategy: string): Explanation => ({
    lines: [
      `The ${name} server runs ${strategy} now. Logins of the strategy before are none of its business.`,
      'Log in again, then press the same buttons as before: the diagram shows what has changed.',
    ],
    ...COMPARED,
  }),
}
