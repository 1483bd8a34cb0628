import { randomBytes } from 'node:crypto'
import type { Registration } from './contract-client.js'

/** An account that nobody else has. Its password has what naive parsers stumble over. */
export function newAccount(): Registration {
  const id = randomBytes(6).toString('hex')
  return { nickname: `ann-${id}`, email: `ann-${id}@example.org`, password: `pa:ss ünïcode:${id}` }
}
