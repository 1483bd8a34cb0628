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

/** HMAC (RFC 2104). */
export async function hmac(
  hash: HashName,
  key: Uint8Array,
  message: Uint8Array,
): Promise<Uint8Array> {
  return (await createHMAC(createHasher(hash), key)).init().update(message).digest('binary')
}
