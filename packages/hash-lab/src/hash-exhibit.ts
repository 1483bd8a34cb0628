/** One password, hashed twice by the same function. */
export interface HashedTwice {
  readonly scheme: ExhibitScheme
  readonly first: string
  readonly second: string
  /** Of the faster of the two. */
  readonly ms: number
}

export const HASH_EXHIBITS = ['md5', 'sha1', 'sha256', 'bcrypt', 'scrypt', 'argon2id'] as const

export type ExhibitScheme = (typeof HASH_EXHIBITS)[number]

/** Each function twice; `hash` takes a new salt each time where the function has one. */
export async function hashTwice(
  hash: (scheme: ExhibitScheme) => Promise<string>,
): Promise<HashedTwice[]> {
  const results: HashedTwice[] = []
  for (const scheme of HASH_EXHIBITS) {
    const [first, second] = [await timed(() => hash(scheme)), await timed(() => hash(scheme))]
    const ms = Math.min(first.ms, second.ms)
    results.push({ scheme, first: first.text, second: second.text, ms })
  }
  return results
}

async function timed(work: () => Promise<string>): Promise<{ text: string; ms: number }> {
  const startedAt = performance.now()
  const text = await work()
  return { text, ms: performance.now() - startedAt }
}
