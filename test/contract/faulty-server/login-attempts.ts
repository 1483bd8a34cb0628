import { Problem } from './problem.js'
import { switchable } from './switchable.js'

/** Bounds the guesses at one account. */
export interface LoginAttempts {
  /** Takes a place, before the password is looked at. @throws {Problem} `too_many_attempts` */
  begin(email: string): void
  /** Gives the place back: the try did not fail. */
  forgive(email: string): void
}

// #region no-attempt-limit
export const createLoginAttempts = switchable<() => LoginAttempts>('no-attempt-limit', {
  wrong: () => ({ begin: () => undefined, forgive: () => undefined }),
  right: () => countedAttempts(10, 15 * 60),
})
// #endregion no-attempt-limit

interface Window {
  failures: number
  readonly endsAt: number
}

function countedAttempts(limit: number, seconds: number): LoginAttempts {
  const windows = new Map<string, Window>()
  const windowOf = (email: string, now: number): Window => {
    const open = windows.get(email)
    if (open && open.endsAt > now) return open
    const opened = { failures: 0, endsAt: now + seconds * 1000 }
    windows.set(email, opened)
    return opened
  }
  return {
    begin(email) {
      const now = Date.now()
      const window = windowOf(email, now)
      if (window.failures >= limit) {
        const retryAfter = String(Math.ceil((window.endsAt - now) / 1000))
        throw new Problem('too_many_attempts', { headers: { 'Retry-After': retryAfter } })
      }
      window.failures += 1
    },
    forgive(email) {
      const window = windows.get(email)
      if (window && window.failures > 0) window.failures -= 1
    },
  }
}
