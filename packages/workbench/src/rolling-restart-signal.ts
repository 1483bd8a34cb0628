/** Asks a workbench for a rolling restart: whoever may send a signal to its process may do that. */
const ROLLING_RESTART_SIGNAL = 'SIGUSR2' as const

/** Calls `act` at each such signal. */
export function onRollingRestartSignal(act: () => void): void {
  process.on(ROLLING_RESTART_SIGNAL, act)
}

/** Sends it. Throws as `process.kill` does. */
export function askForRollingRestart(pid: number): void {
  process.kill(pid, ROLLING_RESTART_SIGNAL)
}
