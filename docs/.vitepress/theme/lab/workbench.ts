import type { ServerKind } from '@session-vs-jwt/http-contract'
import type { TraceEvent } from '@session-vs-jwt/request-trace'
import type {
  LabCommand,
  LabState,
  RunningRecord,
  StoredRecord,
  Strategy,
} from '@session-vs-jwt/workbench'
import { reactive } from 'vue'

/** What the workbench tells of itself, at once and at every change. */
type WorkbenchRecord = Partial<RunningRecord & LabState> & {
  readonly strategies?: readonly Pick<Strategy, 'id' | 'server'>[]
  /** Lines to paste into a terminal. */
  readonly curl?: string
}

/** What this page knows of the workbench that serves it. */
export const workbench = reactive<{
  /** `unknown` until the stream of events has opened once. */
  link: 'unknown' | 'open' | 'lost'
  record: WorkbenchRecord
}>({ link: 'unknown', record: {} })

/** An event is waited for so long after the answer that it belongs to. */
const EVENT_WITHIN_MS = 1_500
const KEPT_EVENTS = 50

type Listener = (event: TraceEvent) => void

const recent: TraceEvent[] = []
let heard = 0
const listeners = new Set<Listener>()

/** Listens to the workbench's own stream; the auth servers have none. Gives back what ends that. */
export function listenToWorkbench(): () => void {
  const source = new EventSource('/workbench/events')
  source.addEventListener('open', () => (workbench.link = 'open'))
  source.addEventListener('error', () => (workbench.link = 'lost'))
  source.addEventListener('record', ({ data }) => (workbench.record = JSON.parse(data)))
  source.addEventListener('request', ({ data }) => {
    const event = JSON.parse(data) as TraceEvent
    heard += 1
    recent.push(event)
    recent.splice(0, recent.length - KEPT_EVENTS)
    for (const listener of listeners) listener(event)
  })
  return () => source.close()
}

/** The event of a request that was answered with this `Server-Timing`, which no other has. */
export async function traceOf(
  server: ServerKind,
  serverTiming: string | null,
): Promise<TraceEvent | undefined> {
  if (serverTiming === null) return undefined
  const belongs = (event: TraceEvent): boolean =>
    event.server.startsWith(server) && event.responseHeaders['server-timing'] === serverTiming
  const known = recent.find(belongs)
  if (known) return known
  return new Promise((resolve) => {
    const settle = (event?: TraceEvent): void => {
      listeners.delete(listener)
      clearTimeout(timer)
      resolve(event)
    }
    const listener: Listener = (event) => belongs(event) && settle(event)
    const timer = setTimeout(settle, EVENT_WITHIN_MS)
    listeners.add(listener)
  })
}

/** How many events were heard so far: a moment for {@link preflightSince}. */
export function eventsSoFar(): number {
  return heard
}

/** The preflight for `path` that `server` has answered since that moment. */
export function preflightSince(
  moment: number,
  server: ServerKind,
  path: string,
): TraceEvent | undefined {
  const since = recent.slice(Math.max(0, recent.length - (heard - moment)))
  return since.find(
    (it) => it.method === 'OPTIONS' && it.path === path && it.server.startsWith(server),
  )
}

/** Cookies belong to a host name: the page and the servers must be called by the same one. */
export function asSeenFromHere(url: string): string {
  const local = new URL(url)
  local.hostname = location.hostname
  return local.origin
}

/** What the stores keep about the logins of a user now. Undefined where the workbench is away. */
export async function storedFor(
  server: ServerKind,
  userId: string,
): Promise<readonly StoredRecord[] | undefined> {
  const answer = await fetch(`/workbench/stored?${new URLSearchParams({ server, userId })}`).catch(
    () => undefined,
  )
  return answer?.ok ? ((await answer.json()) as StoredRecord[]) : undefined
}

/**
 * Asks the workbench to do something.
 *
 * @throws {Error} with what the workbench says against it
 */
export async function command<Result = object>(body: LabCommand): Promise<Result> {
  const answer = await fetch('/workbench/commands', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  if (!answer) throw new Error('The workbench does not answer. Is npm start still running?')
  const json = (await answer.json()) as Result & { error?: string; record?: WorkbenchRecord }
  if (!answer.ok) throw new Error(json.error ?? `The workbench answered ${answer.status}.`)
  if (json.record) workbench.record = json.record
  return json
}
