import {
  createHMAC,
  createMD5,
  createSHA1,
  createSHA256,
  createSHA384,
  createSHA512,
  type IHasher,
} from 'hash-wasm'

type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'

const HASHERS: Readonly<Record<HashName, () => Promise<IHasher>>> = {
  md5: createMD5,
  sha1: createSHA1,
  sha256: createSHA256,
  sha384: createSHA384,
  sha512: createSHA512,
}

/** A hasher for messages of any length, ready to be used again and again. */
export async function createHasher(hash: HashName): Promise<IHasher> {
  return HASHERS[hash]()
}

/** The digest of one message. */
export async function digest(hash: HashName, message: Uint8Array): Promise<Uint8Array> {
  return (await createHasher(hash)).init().update(message).digest('binary')
}

/** One of each: making a hasher takes longer than a thousand hashes. */
const kept = new Map<HashName, Promise<IHasher>>()

function keptHasher(hash: HashName): Promise<IHasher> {
  const hasher = kept.get(hash) ?? createHasher(hash)
  kept.set(hash, hasher)
  return hasher
}

/** HMAC (RFC 2104). */
export async function hmac(
  hash: HashName,
  key: Uint8Array,
  message: Uint8Array,
): Promise<Uint8Array> {
  const mac = await createHMAC(keptHasher(hash), key)
  // In one go, since others use the same hasher.
  return mac.init().update(message).digest('binary')
}
