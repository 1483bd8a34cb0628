import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { paths, responses } from '@session-vs-jwt/http-contract'
import { CookieJar, type Exchange, exchange, jsonOf } from '@session-vs-jwt/workbench'
import { BenchError } from '../runner/bench-error.js'

/** Somebody who is logged in. */
export interface Login {
  readonly email: string
  readonly password: string
  /** What a request carries to say who sends it. */
  readonly headers: Readonly<Record<string, string>>
  /** What the server gave besides a cookie, if anything. */
  readonly refreshToken?: string
}

/** Registrations under way at the same time. */
const LANES = 4
const TRIES = 3
const RETRY_MS = 1_000

/** Registers so many users at a server of the contract, cookie or token. */
export async function newLogins(url: string, count: number): Promise<Login[]> {
  const logins: Login[] = []
  let begun = 0
  const lane = async (): Promise<void> => {
    while (begun < count) {
      begun += 1
      logins.push(await register(url))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return logins
}

/** @throws {BenchError} */
async function register(url: string): Promise<Login> {
  const id = randomBytes(8).toString('hex')
  const account = { nickname: `b${id}`, email: `${id}@example.org`, password: `pw ${id}` }
  const request = {
    method: 'POST',
    url: url + paths.register,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(account),
  }
  // A server that has just started may be too busy for its stores; nothing is measured yet.
  let answer = await exchange(request)
  for (let again = 0; answer.status === 503 && again < TRIES; again += 1) {
    await sleep(RETRY_MS)
    answer = await exchange(request)
  }
  if (answer.status !== 201) throw unexpected(answer, '201')
  return { ...account, ...credentialIn(answer) }
}

/** The same user on another device. @throws {BenchError} */
export async function loginAgain(url: string, { email, password }: Login): Promise<Login> {
  const basic = Buffer.from(`${email}:${password}`).toString('base64')
  const headers = { authorization: `Basic ${basic}` }
  const answer = await exchange({ method: 'POST', url: url + paths.login, headers })
  if (answer.status !== 200) throw unexpected(answer, '200')
  return { email, password, ...credentialIn(answer) }
}

/** The credential that an answer gives: a token in the body, else cookies. */
export function credentialIn(answer: Exchange): Pick<Login, 'headers' | 'refreshToken'> {
  const { accessToken, refreshToken } = (jsonOf(answer) ?? {}) as Record<string, unknown>
  if (typeof accessToken === 'string') {
    return {
      headers: { authorization: `Bearer ${accessToken}` },
      ...(typeof refreshToken === 'string' && { refreshToken }),
    }
  }
  const jar = new CookieJar()
  jar.take(answer.headers['set-cookie'] ?? [])
  const cookie = jar.header()
  if (cookie === undefined) throw unexpected(answer, 'a cookie, or a token in the body')
  return { headers: { cookie } }
}

/** What renews and rotates a login: the refresh token, or the cookie itself. */
export function renewalHeaders({ headers, refreshToken }: Login): Login['headers'] {
  return refreshToken === undefined ? headers : { authorization: `Bearer ${refreshToken}` }
}

/** The answer to a request that must succeed, and say what the contract says. */
export async function checkedGet(
  url: string,
  headers: Readonly<Record<string, string>>,
  schema: 'whoami' | 'userBody',
): Promise<Exchange> {
  const answer = await exchange({ method: 'GET', url, headers: { ...headers } })
  if (answer.status !== 200) throw unexpected(answer, '200')
  const result = responses[schema].safeParse(jsonOf(answer))
  if (!result.success) throw unexpected(answer, `a body as the contract's "${schema}"`)
  return answer
}

export function unexpected({ method, url, status, body }: Exchange, expected: string): BenchError {
  const came = `${status} ${body.slice(0, 200)}`
  return new BenchError(`${method} ${url} was answered ${came}, expected ${expected}.`)
}
