import type { Scheme } from '@session-vs-jwt/hash-lab/browser'

/** How a table can be kept, for those who have not met the names. */
export const TABLE_SCHEMES = [
  ['md5', 'MD5, no salt'],
  ['sha256', 'SHA-256, no salt'],
  ['sha256-salt', 'SHA-256 with salt'],
  ['bcrypt', 'bcrypt'],
  ['scrypt', 'scrypt'],
  ['argon2id', 'Argon2id'],
] as const satisfies readonly (readonly [Scheme, string])[]

export type TableScheme = (typeof TABLE_SCHEMES)[number][0]

const NAMES: ReadonlyMap<string, string> = new Map(TABLE_SCHEMES)

export function schemeName(scheme: TableScheme, cost: number): string {
  const name = NAMES.get(scheme) ?? scheme
  return scheme === 'bcrypt' ? `${name}, cost ${cost}` : name
}
