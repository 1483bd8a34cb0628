import { createHmac } from 'node:crypto'
import { cursorAfter } from '../contract.js'
import type { ServerKind } from './operation.js'

/*
 * One user's day, for the documents that are made of the contract. The tokens can be read, and were
 * signed with a key that nobody uses.
 */

type Texts<Name extends string> = Readonly<Record<Name, string>>

/** What she registers and logs in with. */
export const exampleAccount: Texts<'nickname' | 'email' | 'password'> = {
  nickname: 'Ada',
  email: 'ada@example.org',
  password: 'Analytical:Engine',
}

/** Milliseconds since 1970 of the login. */
const LOGIN = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const MINUTE = 60_000

/** A session idles for 30 minutes; an access token lives for 5, a refresh token for 60. */
const LIFETIMES = { session: 30 * MINUTE, access: 5 * MINUTE, refresh: 60 * MINUTE } as const

const at = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** The times of a token are whole seconds. */
const ISSUED = LOGIN - (LOGIN % 1000)

export const exampleUser: Texts<'id' | 'nickname' | 'email' | 'createdAt'> = {
  id: '019b7ca9-8f2e-7b6a-8f3d-1c2b3a4d5e6f',
  nickname: exampleAccount.nickname,
  email: exampleAccount.email,
  createdAt: at(LOGIN),
}

export const examplePost: Texts<'id' | 'title' | 'body' | 'createdAt'> = {
  id: '019b7cae-345f-7c21-9d04-5e6f7a8b9c0d',
  title: 'A post of my own',
  body: 'Nobody else can read this.',
  createdAt: at(LOGIN + 5 * MINUTE),
}

/** The cursors behind this user and behind this post. */
export const exampleCursors: Texts<'users' | 'posts'> = {
  users: cursorAfter(exampleUser.nickname),
  posts: cursorAfter(examplePost.id),
}

export const exampleDeviceId = '019b7ca9-8f2e-7d10-a5c6-0f1e2d3c4b5a'

const device = {
  id: exampleDeviceId,
  current: true,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  createdAt: at(LOGIN),
}

export const exampleDevices: Readonly<Record<ServerKind, object>> = {
  session: { ...device, expiresAt: at(LOGIN + LIFETIMES.session) },
  jwt: { ...device, expiresAt: at(LOGIN + LIFETIMES.refresh) },
}

const { id, email } = exampleUser

export const exampleWhoami: Readonly<
  Record<ServerKind, Texts<'id' | 'email' | 'issuedAt' | 'expiresAt'>>
> = {
  session: { id, email, issuedAt: at(LOGIN), expiresAt: at(LOGIN + LIFETIMES.session) },
  jwt: { id, email, issuedAt: at(ISSUED), expiresAt: at(ISSUED + LIFETIMES.access) },
}

export const exampleTokens: Texts<'accessToken' | 'refreshToken'> = {
  accessToken: token('access', '019b7ca9-8f2e-7e32-b7d8-1a2b3c4d5e6f'),
  refreshToken: token('refresh', '019b7ca9-8f2e-7f43-88e9-2b3c4d5e6f70'),
}

/** The public half of a key that was thrown away. */
export const exampleJwk: Texts<'kty' | 'crv' | 'x' | 'y' | 'kid' | 'alg' | 'use'> = {
  kty: 'EC',
  crv: 'P-256',
  x: 'PMto8mwAF2OCWVH9FoRCa6kZfqpGzORo_o2OYIYVAMI',
  y: 'ZloXSbBCi6n8kcF_J4mPNsMj9RUcRtFtsmUMrdPjeUM',
  kid: '2026-01',
  alg: 'ES256',
  use: 'sig',
}

function token(type: 'access' | 'refresh', jti: string): string {
  const [iat, exp] = [ISSUED / 1000, (ISSUED + LIFETIMES[type]) / 1000]
  const owner = { sub: id, email, sid: exampleDeviceId }
  const issuer = { type, iss: 'session-vs-jwt', aud: 'session-vs-jwt' }
  const header = part({ alg: 'HS256', typ: 'JWT', kid: `${type}-1` })
  const input = `${header}.${part({ ...owner, iat, exp, jti, ...issuer })}`
  return `${input}.${createHmac('sha256', 'nobody uses this key').update(input).digest('base64url')}`
}

function part(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url')
}
