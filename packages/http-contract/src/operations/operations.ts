import { accountOperations } from './account.js'
import type { Operation } from './operation.js'
import { loginOperations } from './login.js'
import { logoutOperations } from './logout.js'
import { postOperations } from './posts.js'
import { profileOperations } from './profile.js'
import { renewalOperations } from './renewal.js'
import { serverOperations } from './server.js'

/** The contract: every endpoint, in the order in which somebody would walk them. */
export const operations: readonly Operation[] = [
  ...loginOperations,
  ...profileOperations,
  ...postOperations,
  ...renewalOperations,
  ...logoutOperations,
  ...accountOperations,
  ...serverOperations,
]
