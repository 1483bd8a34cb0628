/**
 * Runs `work` once a minute beside the requests, without keeping the process alive. PostgreSQL and this
 * process forget nothing by themselves. What fails is tried again at the next turn.
 */
export function everyMinute(work: () => Promise<void>): void {
  setInterval(() => {
    work().catch(() => undefined)
  }, 60_000).unref()
}

/**
 * Until when what has expired is removed: a clock that was set forward by an hour must not cost for good
 * what has not expired.
 */
export function anHourBefore(now: Date): Date {
  return new Date(now.getTime() - 3_600_000)
}
