/** A clock that a test can move. */
export interface MovableClock {
  readonly now: () => Date
  /** Lets `seconds` pass, or takes them back. */
  advance(seconds: number): void
}

export function newClock(): MovableClock {
  return movable(Date.now)
}

/**
 * A clock that only the test moves, so that a test about deadlines doesn't depend on how long its requests take. Each
 * look at it adds a millisecond, because things that happen one after the other have different times.
 */
export function newStandingClock(): MovableClock {
  let ms = Date.now()
  return movable(() => (ms += 1))
}

function movable(clock: () => number): MovableClock {
  let offsetMs = 0
  return {
    now: () => new Date(clock() + offsetMs),
    advance: (seconds) => void (offsetMs += seconds * 1000),
  }
}
