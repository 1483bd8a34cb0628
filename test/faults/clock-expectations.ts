import type { Strategy, StrategyId } from '@session-vs-jwt/workbench'
import type { Afterwards, Meanwhile } from './travellers.js'

export type Whose = 'servers' | 'stores'
export type Direction = 'forward' | 'back'
export type Outcomes = Meanwhile & Afterwards

const ENDED = '401 invalid'
const EXPIRED = '401 expired'

/** Nothing happens: everybody stays logged in, who was locked out stays out, who logged out stays out. */
const UNMOVED: Outcomes = {
  before: '200',
  renewed: '200',
  login: '200',
  lockedOut: '429',
  replayed: ENDED,
  beforeAgain: '200',
  meanwhileAgain: '200',
}

/** What a logout leaves alive, by the strategy's own promise. */
const LIVES_ON: ReadonlySet<StrategyId> = new Set([
  'session-cookie',
  'jwt-rotating',
  'jwt-stateless',
  'jwt-valid-after',
  'jwt-user-lookup',
])

/**
 * What is right, for a clock that is an hour wrong. Deadlines are moments on the servers' clock; Redis forgets
 * by its own; PostgreSQL's clock decides nothing.
 */
export function expectedOf(strategy: Strategy, whose: Whose, direction: Direction): Outcomes {
  const isJwt = strategy.server === 'jwt'
  const replayed = LIVES_ON.has(strategy.id) ? '200' : ENDED
  const base = { ...UNMOVED, replayed }
  if (whose === 'stores') {
    return direction === 'forward'
      ? { ...base, ...storesForward(strategy) }
      : { ...base, ...(strategy.id === 'session-redis' && { meanwhileAgain: ENDED }) }
  }
  if (direction === 'forward') {
    const over = { before: EXPIRED, renewed: EXPIRED }
    // A token from the future is refused (RFC 7519, section 4.1.6: when it was issued).
    if (isJwt) return { ...base, ...over, replayed: EXPIRED, meanwhileAgain: ENDED }
    return { ...base, ...over, replayed: strategy.id === 'session-cookie' ? EXPIRED : ENDED }
  }
  const short = { meanwhileAgain: EXPIRED }
  return isJwt
    ? { ...base, ...short, before: ENDED, renewed: ENDED, replayed: ENDED }
    : { ...base, ...short }
}

/** Redis believes that half an hour of idleness, an hour of a family and a quarter of lock-out are over. */
function storesForward({ id, env }: Strategy): Partial<Outcomes> {
  const lockedOut = '200'
  if (id === 'session-redis') {
    return { lockedOut, before: ENDED, renewed: ENDED, beforeAgain: ENDED }
  }
  const forgetsFamilies = env['REFRESH_STORE'] === 'redis'
  return { lockedOut, ...(forgetsFamilies && { renewed: ENDED }) }
}
