/** A hash function of a library: one text in, one text out. */
export type OneShotHash = (text: string) => string

/**
 * The attack as it is written first: a string for each word, a call for each hash, a set of strings.
 * It stays in the lab to be compared with; nearly all of its time goes to calls and strings.
 */
export function oneShotAttack(
  words: readonly string[],
  targets: ReadonlySet<string>,
  hash: OneShotHash,
): string[] {
  return words.filter((word) => targets.has(hash(word)))
}
