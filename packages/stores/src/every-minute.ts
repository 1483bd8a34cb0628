/**
 * Runs `work` once a minute beside the requests, without keeping the process alive. PostgreSQL and this
 * process forget nothing by themselves. What fails is tried again at the next turn.
 */
export function everyMinute(work: () => Promise<void>): void {
  setInterval(() => {
    work().catch(() => undefined)
  }, 60_000).unref()
}
