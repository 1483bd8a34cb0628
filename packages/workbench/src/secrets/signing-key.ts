import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

export const JWT_ALGORITHMS = ['HS256', 'RS256', 'ES256'] as const

export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number]

/** A private or secret JSON Web Key (RFC 7517) that signs with one algorithm. */
export interface SigningJwk {
  readonly kid: string
  readonly alg: JwtAlgorithm
  readonly kty?: string | undefined
  readonly [member: string]: unknown
}

const SECRET_BYTES = 32

const generate = promisify(generateKeyPair)

/** A new key: 32 random bytes, RSA of 2048 bits, or an elliptic curve key on P-256. */
export async function newSigningKey(alg: JwtAlgorithm): Promise<SigningJwk> {
  return { ...(await keyMaterial(alg)), kid: randomBytes(8).toString('hex'), alg, use: 'sig' }
}

async function keyMaterial(alg: JwtAlgorithm): Promise<object> {
  if (alg === 'HS256') return { kty: 'oct', k: newSecret() }
  const { privateKey } =
    alg === 'RS256'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: 'P-256' })
  return privateKey.export({ format: 'jwk' })
}

/** 32 random bytes in base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}
