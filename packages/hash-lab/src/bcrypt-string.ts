/** What a bcrypt string is made of: everything that is needed to check a password is in it. */
export interface BcryptParts {
  /** `2b` today; `2a` and `2y` are older names of the same. */
  readonly version: string
  /** 2^cost rounds of key setup. */
  readonly cost: number
  /** 16 bytes in bcrypt's own base64: 22 characters. */
  readonly salt: string
  /** 23 bytes in bcrypt's own base64: 31 characters. */
  readonly hash: string
}

export const BCRYPT_COSTS = { min: 4, max: 31 } as const

/** bcrypt reads no further. */
export const BCRYPT_MAX_BYTES = 72

const BCRYPT = /^\$(2[aby])\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/

/** Takes a bcrypt string apart, or gives nothing if it is none. */
export function bcryptParts(text: string): BcryptParts | undefined {
  const [, version = '', cost = '', salt = '', hash = ''] = BCRYPT.exec(text) ?? []
  const rounds = Number(cost)
  if (!version || rounds < BCRYPT_COSTS.min || rounds > BCRYPT_COSTS.max) return undefined
  return { version, cost: rounds, salt, hash }
}

const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** 16 bytes as a salt in bcrypt's base64, which has an alphabet and no padding of its own. */
export function bcryptSalt(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .padEnd(132, '0')
  return (bits.match(/.{6}/g) ?? []).map((six) => ALPHABET[Number.parseInt(six, 2)]).join('')
}
