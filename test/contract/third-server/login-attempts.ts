import { Problem } from './problem.js'

const MAX_FAILURES = 10
const WINDOW_MS = 15 * 60_000

interface Window {
  count: number
  readonly endsAt: number
}

/** Bounds the guesses at an account, whether there is one or not. */
export class LoginAttempts {
  readonly #windows = new Map<string, Window>()

  /**
   * Counts a try before the password is looked at, or tries at the same time would all find the count
   * low. The function that it gives takes the try back: it did not fail.
   *
   * @throws {Problem} with 429
   */
  begin(email: string): () => void {
    const window = this.#windowOf(email, Date.now())
    if (window.count >= MAX_FAILURES) {
      const seconds = Math.max(1, Math.ceil((window.endsAt - Date.now()) / 1000))
      throw new Problem('too_many_attempts', { headers: { 'Retry-After': String(seconds) } })
    }
    window.count += 1
    return () => {
      window.count -= 1
    }
  }

  #windowOf(email: string, now: number): Window {
    for (const [key, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(key)
    const window = this.#windows.get(email) ?? { count: 0, endsAt: now + WINDOW_MS }
    this.#windows.set(email, window)
    return window
  }
}
