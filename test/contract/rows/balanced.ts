import { SERVED_BY_HEADER } from '@session-vs-jwt/services'
import { hasStatus } from '@session-vs-jwt/workbench'
import type { Answer } from '../../device.js'
import { expectAnswer, expectThat } from '../suite/row-failure.js'
import { isKnown, promiseRow, type StrategyRow } from './strategy.js'

const READ = ['The Twelve-Factor App, VI. Processes'] as const

/** Three rounds: each of three instances is asked three times. */
const REQUESTS = 9

/** Promises that show behind a balancer only. */
export const balancedRows: readonly StrategyRow[] = [
  promiseRow('balanced', {
    title: 'the requests of a login, sent to three instances in turn',
    read: READ,
    needs: ['balancer'],
    observe: async (t) => {
      const { device, answer } = await t.registered(await t.startSeveral())
      const answers: Answer[] = []
      while (answers.length < REQUESTS) answers.push(await device.whoami())
      for (const it of answers) expectAnswer(it, hasStatus(200, 401))
      const known = answers.filter(({ status }) => status === 200)
      if (known.length === REQUESTS) return 'known-everywhere'
      const strangers = known.filter((it) => servedBy(it) !== servedBy(answer))
      const isOwn = known.length === REQUESTS / 3 && strangers.length === 0
      const expected = 'a third known, by the instance that it logged in at'
      expectThat(isOwn, expected, answer, answers.map(described).join(', '))
      return 'known-at-one'
    },
  }),
  promiseRow('rollingRestart', {
    title: 'logins, after all instances were replaced one after the other',
    read: READ,
    needs: ['balancer'],
    observe: async (t) => {
      const several = await t.startSeveral()
      const logins = await Promise.all([1, 2, 3].map(async () => t.registered(several)))
      await several.rollingRestart()
      const kept = await Promise.all(logins.map(async ({ device }) => isKnown(device)))
      const isAlike = new Set(kept).size === 1
      const [{ answer }] = logins as [(typeof logins)[number]]
      expectThat(isAlike, 'all kept, or all lost', answer, `kept: ${kept.join(', ')}`)
      return kept[0] ? 'kept' : 'lost'
    },
  }),
]

function servedBy({ headers }: Answer): string {
  return String(headers[SERVED_BY_HEADER.toLowerCase()])
}

function described(answer: Answer): string {
  return `${answer.status} from ${servedBy(answer)}`
}
