import { randomBytes } from 'node:crypto'

/** Puts a name that nobody has where `$ID` stands. */
export function withNewName(body: string): string {
  const name = randomBytes(10).toString('hex')
  return body.replaceAll('$ID', name)
}
