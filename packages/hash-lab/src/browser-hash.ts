import { argon2id, bcrypt, scrypt } from 'hash-wasm'
import { hex, utf8 } from './bytes.js'
import { digest } from './digests.js'
import { SCHEME_TRAITS, type Scheme } from './scheme.js'

/** bcrypt 10, scrypt 2^14 KiB and argon2id 19 MiB: a page stays usable, a server takes more. */
const PAGE_COSTS = { bcrypt: 10, scrypt: 14, argon2idKib: 19_456 } as const

/** Hashes a password as a table keeps it, in a page. `salt` has at least 16 bytes, or any text for md5 and its like. */
export async function hashInPage(
  scheme: Scheme,
  password: string,
  salt: Uint8Array,
  cost?: number,
): Promise<string> {
  const { fast, salted } = SCHEME_TRAITS[scheme]
  if (fast) {
    const text = salted ? hex(salt).slice(0, 8) : ''
    const result = hex(await digest(fast, utf8(text + password)))
    return salted ? `${result}:${text}` : result
  }
  if (scheme === 'bcrypt') {
    return bcrypt({ password, salt, costFactor: cost ?? PAGE_COSTS.bcrypt, outputType: 'encoded' })
  }
  if (scheme === 'scrypt') return scryptInPage(password, salt, 2 ** (cost ?? PAGE_COSTS.scrypt))
  const memorySize = cost === undefined ? PAGE_COSTS.argon2idKib : 2 ** cost
  const settings = { iterations: 2, parallelism: 1, hashLength: 32, outputType: 'encoded' } as const
  return argon2id({ ...settings, password, salt, memorySize })
}

async function scryptInPage(password: string, salt: Uint8Array, n: number): Promise<string> {
  const settings = { blockSize: 8, parallelism: 1, hashLength: 32, outputType: 'binary' } as const
  const hash = await scrypt({ ...settings, password, salt, costFactor: n })
  const [saltText, hashText] = [salt, hash].map((it) => btoa(String.fromCharCode(...it)))
  return ['SCRYPT', n, 8, 1, saltText, hashText].join(':')
}
