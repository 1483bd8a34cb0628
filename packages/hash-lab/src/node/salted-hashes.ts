import { scrypt, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import { argon2id } from 'hash-wasm'

/** OWASP's password storage cheat sheet: N = 2^17, r = 8, p = 1. */
const SCRYPT = { cost: 17, r: 8, p: 1, bytes: 32 } as const
/** The same cheat sheet: 19 MiB, two passes, one lane. */
const ARGON2ID = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 } as const

const scryptBytes = promisify<string | Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(
  scrypt,
)

/** In hashcat's form. 2^cost is the work, and 2^cost KiB the memory. */
export async function scryptHash(
  password: string | Uint8Array,
  salt: Uint8Array,
  cost: number = SCRYPT.cost,
): Promise<string> {
  const N = 2 ** cost
  const { r, p, bytes } = SCRYPT
  const hash = await scryptBytes(password, salt, bytes, { N, r, p, maxmem: 256 * N * r })
  const [saltText, hashText] = [Buffer.from(salt), hash].map((it) => it.toString('base64'))
  return ['SCRYPT', N, r, p, saltText, hashText].join(':')
}

/** In the PHC string format. 2^cost KiB of memory, by default 19 MiB. */
export async function argon2idHash(
  password: string | Uint8Array,
  salt: Uint8Array,
  cost?: number,
): Promise<string> {
  const memorySize = cost === undefined ? ARGON2ID.memorySize : 2 ** cost
  return argon2id({ ...ARGON2ID, memorySize, password, salt, outputType: 'encoded' })
}
