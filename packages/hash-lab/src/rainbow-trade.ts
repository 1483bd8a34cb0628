import { digest } from './digests.js'
import { utf8 } from './bytes.js'
import type { PasswordSpace } from './password-space.js'
import { RainbowTable } from './rainbow-table.js'
import type { FastHash } from './kernel/message-slots.js'
import type { Random } from './random.js'

export interface RainbowTrial {
  readonly hash: FastHash
  readonly space: PasswordSpace
  readonly chainLength: number
  readonly random: Random
  readonly signal?: AbortSignal
}

/** What a rainbow table took and gave, measured. */
export interface RainbowResult {
  readonly chainLength: number
  /** Chains that were kept. */
  readonly chains: number
  readonly bytes: number
  readonly buildMs: number
  readonly buildHashes: number
  /** Random passwords that were looked for, and how many were found. */
  readonly tried: number
  readonly found: number
  readonly hashesPerLookup: number
  readonly lookupMs: number
}

/** Passwords on chains, for each password that there is: some are on several, so some are on none. */
const COVER = 2
const LOOKUPS = 30
/** Of the time that a trial takes, roughly. */
const BUILD_SHARE = 0.8

/** Builds a table over the space and looks for random passwords of it; in vain when `signal` aborts. */
export async function tryRainbowTable(
  { hash, space, chainLength, random, signal }: RainbowTrial,
  onProgress?: (fraction: number) => void,
): Promise<RainbowResult> {
  const startedAt = performance.now()
  const chains = Math.ceil((COVER * space.size) / chainLength)
  const table = await RainbowTable.build(
    { hash, space, chains, chainLength },
    { signal, onProgress: (fraction) => onProgress?.(fraction * BUILD_SHARE) },
  )
  const builtAt = performance.now()
  let found = 0
  let tried = 0
  while (tried < LOOKUPS) {
    if (signal?.aborted) break
    const password = space.text(random.integer(space.size))
    if (table.find(await digest(hash, utf8(password))) === password) found += 1
    tried += 1
    onProgress?.(BUILD_SHARE + (1 - BUILD_SHARE) * (tried / LOOKUPS))
    // Lets Ctrl-C in.
    await new Promise((resolve) => setTimeout(resolve))
  }
  return {
    chainLength,
    chains: table.size,
    bytes: table.bytes,
    buildMs: builtAt - startedAt,
    buildHashes: table.buildHashes,
    tried,
    found,
    hashesPerLookup: table.lookupHashes / Math.max(1, tried),
    lookupMs: (performance.now() - builtAt) / Math.max(1, tried),
  }
}
