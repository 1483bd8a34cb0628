import type { Target } from '../contract/suite/target.js'
import type { Fleet } from './fleet.js'

/** The fleet for rows of the contract; it is one fleet for all of them. */
export function fleetTarget(fleet: Fleet): Target {
  const { url, strategy } = fleet
  const untold = (): never => {
    throw new Error('a row on a fleet asks for what a fleet cannot do')
  }
  return {
    url,
    server: strategy.server,
    strategies: [strategy],
    control: {
      start: untold,
      asymmetricKeys: untold,
      stateOf: untold,
      startSeveral: async () => ({
        url,
        rollingRestart: async () => fleet.rollingRestart(),
        stop: async () => undefined,
      }),
    },
  }
}
