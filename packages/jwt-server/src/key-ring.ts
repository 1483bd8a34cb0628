import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { z } from 'zod'

type Algorithm = 'HS256' | 'RS256' | 'ES256'

/** A key and the one algorithm it may be used with (RFC 8725, section 3.1). */
export interface SigningKey {
  readonly kid: string
  readonly algorithm: Algorithm
  /** The header of every token that this key signs, in base64url (RFC 7515, section 4). */
  readonly header: string
  /** Signs. A `KeyObject`: a string would be parsed again at every call. */
  readonly signWith: KeyObject
  readonly verifyWith: KeyObject
}

/** The first key signs. All of them verify, so tokens that were signed before a key rotation stay valid. */
export interface KeyRing {
  readonly current: SigningKey
  readonly byKid: ReadonlyMap<string, SigningKey>
  /** The same keys, by the header of the tokens that they sign. */
  readonly byHeader: ReadonlyMap<string, SigningKey>
}

const jwk = z.looseObject({ kid: z.string().min(1), alg: z.enum(['HS256', 'RS256', 'ES256']) })
const jwkSet = z.object({ keys: z.array(jwk).min(1) })

/**
 * The keys of a JSON Web Key Set (RFC 7517) with private or secret keys.
 *
 * @throws {Error} naming what is wrong, without the key
 */
export function parseKeyRing(json: string): KeyRing {
  const parsed = jwkSet.safeParse(parseJson(json))
  if (!parsed.success) throw new Error('is not a JSON Web Key Set whose keys have "kid" and "alg"')
  const keys = parsed.data.keys.map(toSigningKey)
  const byKid = new Map(keys.map((key) => [key.kid, key]))
  const [current] = keys
  if (!current || byKid.size !== keys.length) throw new Error('has the same "kid" twice')
  return { current, byKid, byHeader: new Map(keys.map((key) => [key.header, key])) }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function toSigningKey(key: z.infer<typeof jwk>): SigningKey {
  const { kid, alg: algorithm } = key
  const header = Buffer.from(JSON.stringify({ alg: algorithm, typ: 'JWT', kid })).toString(
    'base64url',
  )
  if (algorithm === 'HS256') {
    const secret = createSecretKey(Buffer.from(String(key['k']), 'base64url'))
    if ((secret.symmetricKeySize ?? 0) < 32)
      throw new Error(`has a secret under 32 bytes: "${kid}"`)
    return { kid, algorithm, header, signWith: secret, verifyWith: secret }
  }
  const signWith = privateKey(key)
  if (!isFit(signWith, algorithm)) {
    throw new Error(
      `has a key that does not fit ${algorithm}: "${kid}" (RSA 2048 or more, or P-256)`,
    )
  }
  const verifyWith = createPublicKey(signWith)
  if (!areHalves(signWith, verifyWith)) throw new Error(`has a damaged key: "${kid}"`)
  return { kid, algorithm, header, signWith, verifyWith }
}

function privateKey(key: z.infer<typeof jwk>): KeyObject {
  try {
    return createPrivateKey({ key, format: 'jwk' })
  } catch {
    throw new Error(`has no private key in "${key.kid}"`)
  }
}

/** Node takes both halves from the JWK as they are: only a signature tells that they belong together. */
function areHalves(signWith: KeyObject, verifyWith: KeyObject): boolean {
  const probe = Buffer.from('probe')
  try {
    return verify('sha256', probe, verifyWith, sign('sha256', probe, signWith))
  } catch {
    return false
  }
}

function isFit(key: KeyObject, algorithm: Algorithm): boolean {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  return algorithm === 'RS256'
    ? key.asymmetricKeyType === 'rsa' && modulusLength >= 2048
    : key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'
}

/** The public halves, for other servers that verify our tokens. A shared secret has no public half. */
export function publicJwks(ring: KeyRing): { keys: Record<string, unknown>[] } {
  const keys = [...ring.byKid.values()].filter((key) => key.algorithm !== 'HS256')
  return {
    keys: keys.map(({ kid, algorithm, verifyWith }) => ({
      ...verifyWith.export({ format: 'jwk' }),
      kid,
      alg: algorithm,
      use: 'sig',
    })),
  }
}
