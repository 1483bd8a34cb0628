import { reactive, watch } from 'vue'
import type { ServerKind } from '@session-vs-jwt/http-contract'
import { account, type Account, newAccount } from './account.js'
import { both, emptySum, type Lane } from './lane.js'
import { loot, type Loot } from './loot.js'

const KEY = 'session-vs-jwt-lab'

/** More would be slow to write after each request. */
const KEPT_EXCHANGES = 12

/** What the learner has chosen. */
export const choice = reactive<{ target: 'both' | ServerKind }>({ target: 'both' })

type KeptLane = Pick<
  Lane,
  'userId' | 'tokens' | 'heldUnder' | 'cookie' | 'sum' | 'exchanges' | 'shown'
>

interface Kept {
  readonly account: Account
  readonly lanes: Readonly<Record<string, Partial<KeptLane>>>
  readonly loot?: Readonly<Record<string, Loot>>
  readonly target?: 'both' | ServerKind
}

/** Brings back what the lanes held, without keeping it from now on. */
export function readLanes(): void {
  const kept = read()
  for (const lane of both) {
    const { sum, ...held } = kept?.lanes[lane.server] ?? {}
    Object.assign(lane, held)
    Object.assign(lane.sum, sum)
  }
}

/** Brings back what the learner made, and keeps it from now on: a reload changes nothing. */
export function keepOverReload(): void {
  const kept = read()
  Object.assign(account, kept?.account ?? newAccount())
  Object.assign(loot, kept?.loot)
  choice.target = kept?.target ?? 'both'
  readLanes()
  watch([account, choice, loot, ...both], write, { deep: true })
}

/** Begins again: a new account, and nothing held or counted. */
export function beginAgain(): void {
  Object.assign(account, newAccount())
  for (const lane of both) {
    const nothing = { userId: '', tokens: {}, heldUnder: '', cookie: '', shown: -1 }
    Object.assign(lane, nothing, { sum: emptySum(), exchanges: [] })
    delete loot[lane.server]
  }
}

function read(): Kept | undefined {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? 'null') as Kept | null) ?? undefined
  } catch {
    return undefined
  }
}

function write(): void {
  const kept: Kept = {
    account,
    lanes: Object.fromEntries(both.map((lane) => [lane.server, keptOf(lane)])),
    loot: loot as Record<string, Loot>,
    target: choice.target,
  }
  try {
    localStorage.setItem(KEY, JSON.stringify(kept))
  } catch {
    // Full, or not allowed: the page works without.
  }
}

function keptOf({ userId, tokens, heldUnder, cookie, sum, exchanges, shown }: Lane): KeptLane {
  const last = exchanges.slice(-KEPT_EXCHANGES)
  return { userId, tokens, heldUnder, cookie, sum, exchanges: last, shown }
}
