/** A clock that stands where a test puts it. */
export interface MovableClock {
  readonly now: () => Date
  /** Lets `seconds` pass, or takes them back. */
  advance(seconds: number): void
}

export function newClock(): MovableClock {
  let offsetMs = 0
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance: (seconds) => void (offsetMs += seconds * 1000),
  }
}
