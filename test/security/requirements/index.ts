import { asvsAuthentication } from './asvs-authentication.js'
import { asvsSessions } from './asvs-sessions.js'
import { asvsTokens } from './asvs-tokens.js'
import { http } from './http.js'
import { nistPasswords } from './nist-passwords.js'
import type { RequirementGroup } from './requirement.js'
import { rfc8725 } from './rfc-8725.js'
import { rfc9700 } from './rfc-9700.js'

/** All that is demanded, document by document. */
export const requirementGroups: readonly RequirementGroup[] = [
  asvsAuthentication,
  asvsSessions,
  asvsTokens,
  nistPasswords,
  rfc8725,
  rfc9700,
  ...http,
]
