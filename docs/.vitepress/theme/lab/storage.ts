import { watch } from 'vue'
import { type Account, emptySum, type Lane, lanes } from './lane.js'

const KEY = 'session-vs-jwt-lab'

interface Kept {
  readonly account: Account
  readonly lanes: Readonly<Record<string, Pick<Lane, 'userId' | 'tokens' | 'cookie' | 'sum'>>>
}

/** An account that nobody else has, with a password that naive parsers stumble over. */
function newAccount(): Account {
  const id = crypto.randomUUID().slice(0, 6)
  return { nickname: `ann ${id}`, email: `ann-${id}@example.org`, password: `correct:horse ${id}` }
}

/** Brings back what the lanes held, without keeping it from now on. */
export function readLanes(): void {
  const kept = read()
  for (const lane of Object.values(lanes)) Object.assign(lane, kept?.lanes[lane.server])
}

/** Brings back what the learner made, and keeps it from now on: a reload changes nothing. */
export function keepOverReload(account: Account): void {
  Object.assign(account, read()?.account ?? newAccount())
  readLanes()
  watch([account, lanes.session, lanes.jwt], () => write(account), { deep: true })
}

/** Begins again: a new account, and nothing held or counted. */
export function beginAgain(account: Account): void {
  Object.assign(account, newAccount())
  for (const lane of Object.values(lanes)) {
    Object.assign(lane, { userId: '', tokens: {}, cookie: '', sum: emptySum(), shown: -1 })
    lane.exchanges.length = 0
  }
}

function read(): Kept | undefined {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? 'null') as Kept | null) ?? undefined
  } catch {
    return undefined
  }
}

function write(account: Account): void {
  const entries = Object.values(lanes).map(({ server, userId, tokens, cookie, sum }) => [
    server,
    { userId, tokens, cookie, sum },
  ])
  const kept: Kept = { account, lanes: Object.fromEntries(entries) }
  localStorage.setItem(KEY, JSON.stringify(kept))
}
