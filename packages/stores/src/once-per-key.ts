/** More keys than anybody would read in a log. */
const MOST_KEYS = 1_000

/** Passes each key on the first time only, however many requests meet it. */
export function oncePerKey(report: (key: string) => void): (key: string) => void {
  const known = new Set<string>()
  return (key) => {
    if (known.has(key)) return
    if (known.size >= MOST_KEYS) known.clear()
    known.add(key)
    report(key)
  }
}
