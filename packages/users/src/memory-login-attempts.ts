import { limitedBy, type LoginAttempts, type LoginAttemptsLimit } from './login-attempts.js'

/** For tests and a single process: a second process counts for itself. */
export function memoryLoginAttempts(limit: LoginAttemptsLimit): LoginAttempts {
  const accounts = new Map<string, Map<string, number>>()
  return limitedBy(async (account, place, keepMs) => {
    const now = performance.now()
    const places = new Map([...(accounts.get(account) ?? [])].filter(([, until]) => until > now))
    accounts.set(account, places)
    if (!places.has(place) && places.size >= limit.failures) {
      return Math.min(...places.values()) - now
    }
    if (keepMs > 0) places.set(place, now + keepMs)
    else places.delete(place)
    if (places.size === 0) accounts.delete(account)
    return 0
  }, limit)
}
