/** How often each statement or command ran, by its name. */
export type Calls = ReadonlyMap<string, number>

export function tally(names: readonly string[]): Calls {
  const calls = new Map<string, number>()
  for (const name of names) add(calls, name, 1)
  return calls
}

export function add(calls: Map<string, number>, name: string, n: number): void {
  calls.set(name, (calls.get(name) ?? 0) + n)
}

/** What came to it between two readings of a counter. */
export function difference(after: Calls, before: Calls): Calls {
  const entries = [...after].map(([name, n]) => [name, n - (before.get(name) ?? 0)] as const)
  return new Map(entries.filter(([, n]) => n !== 0))
}

/** All of them together. */
export function sumOf(calls: Calls): number {
  return [...calls.values()].reduce((sum, n) => sum + n, 0)
}
