import { type Chapter, chapterLink } from './chapters.js'
import type { Exchange, Lane } from './lane.js'
import { readingOf } from './next-step.js'

/** What one lane answered, in words. */
export interface Outcome {
  readonly lane: Lane
  readonly isGood: boolean
  readonly text: string
}

/** What was done, what was seen then, why, and where to read more. */
export interface Explanation {
  readonly done: string
  readonly seen: readonly Outcome[]
  readonly why: readonly string[]
  readonly link: string
  readonly text: string
}

/** Answers of both lanes, right after something was done. */
export type Seen = readonly { readonly lane: Lane; readonly exchange: Exchange }[]

function explained(
  chapter: Chapter,
  done: string,
  why: readonly string[],
  seen: readonly Outcome[] = [],
): Explanation {
  return { done, seen, why, ...chapterLink(chapter) }
}

/** What the learner's own “Who am I” gave. */
function ownOutcomes(seen: Seen): Outcome[] {
  return seen.map(({ lane, exchange }) => {
    const isGood = exchange.status > 0 && exchange.status < 300
    const text = isGood
      ? `${exchange.status}. You are still known here.`
      : readingOf(exchange, lane).text
    return { lane, isGood, text }
  })
}

/** What the thief's request gave. */
function thiefOutcomes(seen: Seen): Outcome[] {
  return seen.map(({ lane, exchange: { status } }) => {
    if (status < 300) {
      const text = `${status}. The copy works: the server can’t tell it from the original.`
      return { lane, isGood: false, text }
    }
    const text = status === 401 ? '401. The copy opens nothing (any more).' : `${status}.`
    return { lane, isGood: true, text }
  })
}

const NOBODY = 'Nobody is logged in. Register, and press it again to see what it does to a login.'

/** `NOBODY` where there was no login to see it by. */
const orNobody = (seen: Seen, why: readonly string[]): readonly string[] =>
  seen.length === 0 ? [...why, NOBODY] : why

export const explain = {
  stolen: (lanes: readonly Lane[]): Explanation =>
    explained(
      '18-where-to-keep-a-credential',
      `Copied: ${lanes.map(({ server }) => (server === 'session' ? 'the cookie' : 'both tokens')).join(' and ')}.`,
      [
        'Neither server has noticed. Whoever holds a cookie or a token is taken for its owner.',
        'Let the thief try. Then log out, and let the thief try again.',
      ],
    ),

  thief: (seen: Seen): Explanation =>
    explained(
      '16-logout-and-revocation',
      'The thief asked “Who am I”.',
      [
        'Before a logout the copy works everywhere. After one it depends on who is asked: a store that has forgotten the session says no, a signature says yes until it expires.',
      ],
      thiefOutcomes(seen),
    ),

  thiefRotated: (seen: Seen): Explanation =>
    explained(
      '17-refresh-reuse',
      'The thief rotated the credential.',
      [
        'Who rotates first holds the new credential; the other holds a spent one. Press “Rotate refresh” now, as the owner who knows nothing.',
        'The session server finds no session under the old id. The JWT server sees a refresh token used twice, can’t tell who the thief is, and ends the whole family.',
      ],
      thiefOutcomes(seen),
    ),

  time: (seconds: number, seen: Seen): Explanation =>
    explained(
      '07-access-and-refresh',
      `${inWords(seconds)} later, by the clocks of both servers. Those of the stores and of this browser stay.`,
      orNobody(seen, [
        'An access token lives 5 minutes, a refresh token an hour. A session ends 30 minutes after its last renewal, and every login after 8 hours.',
        'Where an access token has expired, “Renew access” gives another one, as long as the refresh token lives.',
      ]),
      ownOutcomes(seen),
    ),

  timeBack: (seen: Seen): Explanation =>
    explained(
      '07-access-and-refresh',
      'The clocks are right again.',
      orNobody(seen, [
        'What has expired is refused, and not deleted at once: where only the servers’ clocks had ended it, it counts again. The stores’ clocks and the browser’s had never moved.',
      ]),
      ownOutcomes(seen),
    ),

  restart: (lanes: readonly Lane[], seen: Seen): Explanation =>
    explained(
      '02-sessions',
      `New process: ${lanes.map(({ name }) => `${name} server`).join(' and ')}.`,
      orNobody(seen, [
        'It knows what is in its stores, and its keys. Logins in Redis, in PostgreSQL or in the credential itself outlive it; sessions in the memory of the old process do not.',
      ]),
      ownOutcomes(seen),
    ),

  second: (lanes: readonly Lane[], runs: boolean, seen: Seen): Explanation =>
    explained(
      '20-scaling-out',
      runs
        ? `Requests go to a second instance now: ${lanes.map(({ name }) => name).join(' and ')}. Same keys, same stores, another process.`
        : `Requests go to the first instance again: ${lanes.map(({ name }) => name).join(' and ')}.`,
      orNobody(seen, [
        'It knows a login if what it needs is in a store that both share, or in the credential. A session in the memory of the first one it has never heard of.',
      ]),
      ownOutcomes(seen),
    ),

  redisStopped: (seen: Seen): Explanation =>
    explained(
      '21-when-a-part-fails',
      'Redis is gone, as in a crash.',
      orNobody(seen, [
        'A server that must ask Redis who you are says 503, and never guesses. One that needs a signature, its own memory or PostgreSQL goes on.',
        'Logging in needs Redis everywhere: failed logins are counted there.',
      ]),
      ownOutcomes(seen),
    ),

  redisStarted: (seen: Seen): Explanation =>
    explained(
      '21-when-a-part-fails',
      'Redis is back, with all that it had acknowledged.',
      orNobody(seen, ['The servers find it by themselves, within half a second.']),
      ownOutcomes(seen),
    ),

  strategy: ({ name }: Lane, strategy: string, seen: Seen): Explanation =>
    explained(
      '23-which-one',
      `The ${name} server runs ${strategy} now.`,
      orNobody(seen, [
        'A session of another store is unknown to it. An access token is still valid, since the keys are the same.',
        'Press the same buttons as before: the diagram shows what has changed.',
      ]),
      ownOutcomes(seen),
    ),

  restored: (seen: Seen): Explanation =>
    explained(
      '06-compared',
      'Clocks, Redis, servers and strategies are as they were when the workbench started.',
      ['What was stored has stayed. “New account” above begins with nothing.'],
      ownOutcomes(seen),
    ),
}

export function inWords(seconds: number): string {
  const minutes = seconds / 60
  return minutes < 60
    ? `${minutes} minutes`
    : `${(minutes / 60).toLocaleString('en', { maximumFractionDigits: 1 })} hours`
}
