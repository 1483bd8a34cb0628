import type { Scenario } from '../runner/scenario.js'
import { identity } from './identity.js'

/** All, in the order in which they are measured. */
export const scenarios: readonly Scenario[] = [identity]
