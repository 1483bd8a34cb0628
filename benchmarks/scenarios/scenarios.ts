import type { Scenario } from '../runner/scenario.js'
import { distance } from './distance.js'
import { identity } from './identity.js'
import { login, register } from './login.js'
import { instances } from './instances.js'
import { lookups } from './lookups.js'
import { outage } from './outage.js'
import { profile } from './profile.js'
import { refresh } from './refresh.js'
import { revocation } from './revocation.js'
import { rounds } from './rounds.js'
import { signing } from './signing.js'
import { size } from './size.js'
import { state } from './state.js'
import { threads } from './threads.js'

/** All, in the order in which they are measured. */
export const scenarios: readonly Scenario[] = [
  lookups,
  identity,
  profile,
  login,
  register,
  threads,
  refresh,
  revocation,
  size,
  signing,
  distance,
  instances,
  outage,
  state,
  rounds,
]
