import { createHmac, createPrivateKey, randomUUID, sign } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import type { LoadRequest } from '../load/load-order.js'
import { BenchError } from '../runner/bench-error.js'
import type { Bench } from '../runner/bench.js'
import { checkedGet, type Login, newLogins } from './credentials.js'
import type { StartedServer } from './started-server.js'

type Claims = Readonly<Record<string, unknown>>

type Algorithm = 'HS256' | 'ES256'

/** An access token with other claims, signed with the run's own key: what the server would have issued. */
export async function mintAccessToken(
  bench: Bench,
  login: Pick<Login, 'headers'>,
  change: (claims: Claims) => Claims,
  algorithm: Algorithm = 'HS256',
): Promise<string> {
  const [header = '', payload = ''] = tokenIn(login).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims
  const changed = Buffer.from(JSON.stringify(change(claims))).toString('base64url')
  const signed = `${header}.${changed}`
  return `${signed}.${await signatureOf(bench, signed, algorithm)}`
}

/** RFC 7518, sections 3.2 and 3.4. */
async function signatureOf(bench: Bench, signed: string, algorithm: Algorithm): Promise<string> {
  const { jwt } = await bench.secrets(algorithm)
  const { keys } = JSON.parse(jwt['JWT_ACCESS_KEYS'] ?? '') as { keys: Record<string, string>[] }
  const key = keys[0] ?? {}
  if (algorithm === 'HS256') {
    const secret = Buffer.from(key['k'] ?? '', 'base64url')
    return createHmac('sha256', secret).update(signed).digest('base64url')
  }
  const privateKey = createPrivateKey({ key, format: 'jwk' })
  const options = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
  return sign('sha256', Buffer.from(signed), options).toString('base64url')
}

/** So many requests, each with a token that no server has seen, of one user. */
export async function newTokenRequests(
  bench: Bench,
  { url }: StartedServer,
  count: number,
  algorithm: Algorithm = 'HS256',
): Promise<LoadRequest[]> {
  const [login] = await newLogins(url, 1)
  if (!login) throw new BenchError('There is no login.')
  const path = paths.whoami
  const { status, body } = await checkedGet(url + path, login.headers, 'whoami')
  const requests: LoadRequest[] = []
  for (let i = 0; i < count; i += 1) {
    const renamed = (claims: Claims): Claims => ({ ...claims, jti: randomUUID() })
    const token = await mintAccessToken(bench, login, renamed, algorithm)
    const headers = { authorization: `Bearer ${token}` }
    requests.push({ method: 'GET', path, headers, expected: { status, body } })
  }
  return requests
}

function tokenIn({ headers }: Pick<Login, 'headers'>): string {
  const token = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1]
  if (token === undefined) throw new BenchError('The login gave no token.')
  return token
}
