import { paths } from '@session-vs-jwt/http-contract'
import type { LoadRequest } from '../load/load-order.js'
import { newLogins } from './credentials.js'

/** Logins of so many users of their own, who are registered for it. */
export async function loginRequests(url: string, users: number): Promise<LoadRequest[]> {
  const logins = await newLogins(url, users)
  return logins.map(({ email, password }) => ({
    method: 'POST',
    path: paths.login,
    headers: { authorization: `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}` },
    expected: { status: 200, contains: `"email":"${email}"` },
  }))
}

/** Registrations, each of somebody new. */
export const registerRequest: LoadRequest = {
  method: 'POST',
  path: paths.register,
  headers: { 'content-type': 'application/json' },
  body: '{"nickname":"$ID","email":"$ID@example.org","password":"pw $ID"}',
  expected: { status: 201, contains: '"user":' },
}
