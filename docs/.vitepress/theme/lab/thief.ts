import type { IncomingHttpHeaders } from 'node:http'
import { reactive } from 'vue'
import type { Action } from './actions.js'
import type { Exchange, Lane, Tokens } from './lane.js'
import { keep, listed, nextId } from './send.js'
import { command, traceOf } from './workbench.js'

/** A copy of what a lane carried at some moment. */
interface Stolen {
  readonly cookie: string
  readonly tokens: Tokens
}

/** The second browser, in each lane. */
export const stolen = reactive<Record<string, Stolen | undefined>>({})

/** What malware, a shared computer or a leaked log would get. */
export function steal({ server, cookie, tokens }: Lane): void {
  stolen[server] = { cookie, tokens: { ...tokens } }
}

export function holdsAnything({ server, cookie, tokens }: Lane): boolean {
  return server === 'session' ? cookie !== '' : tokens.accessToken !== undefined
}

/** Sends one action with the stolen credential. The workbench does it: no page may set a cookie. */
export async function sendAsThief(lane: Lane, action: Action): Promise<void> {
  const { server } = lane
  const { method, path } = action
  const stolenOne = credential(lane, action)
  const answer = await command<{ status: number; headers: IncomingHttpHeaders; body: string }>({
    do: 'thief',
    server,
    method,
    path,
    credential: stolenOne,
  })
  const timing = answer.headers['server-timing']
  const trace = await traceOf(server, typeof timing === 'string' ? timing : null)
  takeRenewed(lane, answer.body, answer.headers['set-cookie'])
  const exchange: Exchange = {
    id: nextId(),
    action: action.label,
    by: 'thief',
    request: {
      start: `${method} ${path} HTTP/1.1`,
      headers: listed(trace?.requestHeaders ?? { [stolenOne.name]: stolenOne.value }),
      body: '',
    },
    response: {
      start: `HTTP/1.1 ${answer.status}`,
      headers: listed(answer.headers),
      body: answer.body,
    },
    status: answer.status,
    ...(trace && { trace }),
  }
  keep(lane, exchange)
}

function credential(
  { server }: Lane,
  { use }: Action,
): { name: 'authorization' | 'cookie'; value: string } {
  const loot = stolen[server]
  if (server === 'session') return { name: 'cookie', value: loot?.cookie.split(';')[0] ?? '' }
  const token = use === 'refresh' ? loot?.tokens.refreshToken : loot?.tokens.accessToken
  return { name: 'authorization', value: `Bearer ${token}` }
}

/** A thief who renews keeps what comes. */
function takeRenewed({ server }: Lane, body: string, cookies: readonly string[] = []): void {
  const loot = stolen[server]
  if (!loot) return
  const [, name, token] = /"(accessToken|refreshToken)":"([^"]+)"/.exec(body) ?? []
  stolen[server] = {
    cookie: cookies.find((it) => !/^[^=]+=;/.test(it)) ?? loot.cookie,
    tokens: name ? { ...loot.tokens, [name]: token } : loot.tokens,
  }
}
