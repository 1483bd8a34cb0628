import { CompactSign, compactVerify, exportSPKI, generateKeyPair } from 'jose'
import { toBase64url } from './token.js'

export const ALGORITHMS = ['HS256', 'RS256', 'ES256'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** Keys of this page; none of them leaves it. */
export interface PageKeys {
  readonly algorithm: Algorithm
  readonly sign: CryptoKey | Uint8Array
  readonly verify: CryptoKey | Uint8Array
  /** The secret as text, or the public key in PEM. */
  readonly shown: string
}

export async function newKeys(algorithm: Algorithm): Promise<PageKeys> {
  if (algorithm === 'HS256') {
    return secretKeys(toBase64url(crypto.getRandomValues(new Uint8Array(32))))
  }
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  return { algorithm, sign: privateKey, verify: publicKey, shown: await exportSPKI(publicKey) }
}

/** HS256 with a secret as people write it: the bytes of its text. */
export function secretKeys(secret: string): PageKeys {
  const bytes = new TextEncoder().encode(secret)
  return { algorithm: 'HS256', sign: bytes, verify: bytes, shown: secret }
}

/**
 * Signs `payload` under `header`, whose `alg` is made that of the keys.
 *
 * @throws {Error} of jose, for a payload or key that it refuses
 */
export async function signToken(
  header: Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
  keys: PageKeys,
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ ...header, alg: keys.algorithm })
    .sign(keys.sign)
}

/** Whether the signature is right; in words, if not. Time and audience are the server's business. */
export async function verifySignature(token: string, keys: PageKeys): Promise<string | undefined> {
  try {
    await compactVerify(token, keys.verify, { algorithms: [keys.algorithm] })
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
