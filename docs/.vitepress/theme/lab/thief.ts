import type { IncomingHttpHeaders } from 'node:http'
import type { Action } from './actions.js'
import type { Exchange, Lane } from './lane.js'
import { loot } from './loot.js'
import { keep, listed, nextId } from './send.js'
import { command, traceOf } from './workbench.js'

/** Sends one action with the stolen credential. The workbench does it: no page may set a cookie. */
export async function sendAsThief(lane: Lane, action: Action): Promise<Exchange> {
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
  return exchange
}

function credential(
  { server }: Lane,
  { use }: Action,
): { name: 'authorization' | 'cookie'; value: string } {
  const held = loot[server]
  if (server === 'session') return { name: 'cookie', value: held?.cookie.split(';')[0] ?? '' }
  const token = use === 'refresh' ? held?.tokens.refreshToken : held?.tokens.accessToken
  return { name: 'authorization', value: `Bearer ${token}` }
}

/** A thief who renews keeps what comes. */
function takeRenewed({ server }: Lane, body: string, cookies: readonly string[] = []): void {
  const held = loot[server]
  if (!held) return
  const tokens = body.matchAll(/"(accessToken|refreshToken)":"([^"]+)"/g)
  loot[server] = {
    cookie: cookies.find((it) => !/^[^=]+=;/.test(it)) ?? held.cookie,
    tokens: {
      ...held.tokens,
      ...Object.fromEntries([...tokens].map(([, name, it]) => [name, it])),
    },
  }
}
