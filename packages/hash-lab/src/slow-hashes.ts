import type { HashString } from './hash-string.js'

/**
 * The hashes that are slow on purpose, and signatures: one guess, one answer. A page has them from
 * WebAssembly, Node.js from its own and native code.
 */
export interface SlowHashes {
  verify(hash: HashString, password: Uint8Array): boolean | Promise<boolean>
}
