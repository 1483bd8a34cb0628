import { passwordText } from './bytes.js'
import type { LeakedUser } from './leaked-table.js'
import type { LookupTable } from './lookup-table.js'

/** A user whose hash stood in a lookup table. */
export interface LookedUp {
  readonly line: number
  readonly user?: string
  readonly password: string
}

/** Looks up every hash of a leaked table. */
export function lookUp(built: LookupTable, users: readonly LeakedUser[]): LookedUp[] {
  return users.flatMap(({ line, user, hash }) => {
    const word = hash.digest && built.find(hash.digest)
    if (!word) return []
    return [{ line, password: passwordText(word), ...(user === undefined ? {} : { user }) }]
  })
}
