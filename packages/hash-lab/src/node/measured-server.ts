/** A server that people log in to while others send other requests. */
export interface MeasuredServer {
  readonly login: () => Promise<unknown>
  /** Requests that hash nothing, by name. */
  readonly others: Readonly<Record<string, () => Promise<unknown>>>
}

export interface LoadResult {
  readonly logins: number
  readonly seconds: number
  /** For each of the other requests, how long each took, in milliseconds. */
  readonly times: Readonly<Record<string, number[]>>
}

/** Between two requests of the same kind, so that the client is not what is measured. */
const PAUSE_MS = 5

/** Sends the other requests one after the other while `people` log in again and again. */
export async function whileLoggingIn(
  { login, others }: MeasuredServer,
  { people, seconds, signal }: { people: number; seconds: number; signal?: AbortSignal },
): Promise<LoadResult> {
  const startedAt = performance.now()
  const end = startedAt + seconds * 1000
  const goesOn = (): boolean => performance.now() < end && !signal?.aborted
  const times: Record<string, number[]> = {}
  let logins = 0
  const logIn = async (): Promise<void> => {
    while (goesOn()) {
      await login()
      logins += 1
    }
  }
  const measure = async (name: string, request: () => Promise<unknown>): Promise<void> => {
    const own: number[] = (times[name] = [])
    while (goesOn()) {
      const sentAt = performance.now()
      await request()
      own.push(performance.now() - sentAt)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
  await Promise.all([
    ...Array.from({ length: people }, logIn),
    ...Object.entries(others).map(([name, request]) => measure(name, request)),
  ])
  return { logins, seconds: (performance.now() - startedAt) / 1000, times }
}
