import { randomUUID } from 'node:crypto'
import { HashLabError } from '../hash-lab-error.js'
import type { MeasuredServer } from './measured-server.js'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * A running server of the workbench's contract, on this machine only: the lab has no network target.
 * Registers one user, who then logs in and asks who it is.
 *
 * @throws {HashLabError} when there is none, or it does not answer as the contract says
 */
export async function contractServer(url: string): Promise<MeasuredServer> {
  const base = loopback(url)
  const email = `hash-lab-${randomUUID()}@example.org`
  const password = randomUUID()
  const authorization = `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`
  const nickname = `lab${randomUUID().slice(0, 8)}`
  const registered = await send(base, '/auth/register/email', 201, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nickname, email, password }),
  })
  const headers = await credential(registered)
  return {
    login: async () =>
      send(base, '/auth/login/email', 200, { method: 'POST', headers: { authorization } }),
    others: { whoami: async () => send(base, '/auth/whoami', 200, { headers }) },
  }
}

function loopback(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:') {
    throw new HashLabError(`"${text}" is no address. Like: --url http://127.0.0.1:3001`)
  }
  if (LOOPBACK.has(url.hostname)) return url
  throw new HashLabError(
    `${url.hostname} is not this machine. The lab measures servers on localhost only.`,
  )
}

async function send(base: URL, path: string, status: number, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(new URL(path, base), init)
  } catch {
    throw new HashLabError(`No server answers at ${base.href}. Start one: npm start`, 1)
  }
  if (response.status === status) return response
  const body = await response.text()
  throw new HashLabError(
    `${base.href} answers ${path} with ${response.status} instead of ${status}; the contract of the ` +
      `workbench is needed. ${body.slice(0, 200)}`,
    1,
  )
}

/** What the server gave: a cookie, or an access token. */
async function credential(response: Response): Promise<Record<string, string>> {
  const [cookie] = response.headers.getSetCookie()
  if (cookie !== undefined) return { cookie: cookie.split(';')[0] ?? '' }
  const { accessToken } = (await response.json()) as { accessToken?: string }
  return { authorization: `Bearer ${accessToken ?? ''}` }
}
