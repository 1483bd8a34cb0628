import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** The secret in the file `path`: made at the first call, mode 0600, the same ever after. */
export function secretFile(path: string): string {
  try {
    const secret = readFileSync(path, 'utf8').trim()
    if (secret) return secret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const secret = randomSecret()
  writeFileSync(`${path}.new`, `${secret}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return secret
}

/** 192 random bits that need no escaping in a URL. */
export function randomSecret(): string {
  return randomBytes(24).toString('base64url')
}
