import type { ServerKind } from '@session-vs-jwt/http-contract'
import type { TraceEvent } from '@session-vs-jwt/request-trace'
import { paths } from '@session-vs-jwt/http-contract/paths'

/** A login's life in numbered steps, which the course uses as well. */
export const steps: Readonly<Record<ServerKind, readonly string[]>> = {
  session: [
    'The browser sends email and password.',
    'The server reads the user and checks the password against its hash.',
    'The server makes a session under a random id, and stores it.',
    'The server sends the id as a cookie.',
    'The browser adds the cookie to every request, unasked.',
    'The server looks the session up by its id.',
    'The server answers, and knows who asked.',
    'To renew, the server moves the session’s idle deadline, never past the absolute one.',
    'To rotate, the server keeps the session under a new random id; the old id opens nothing.',
    'To log out, the server deletes the session and has the browser drop the cookie.',
    'To log out everywhere, the server deletes every session of the user.',
  ],
  jwt: [
    'The browser sends email and password.',
    'The server reads the user and checks the password against its hash.',
    'The server signs two tokens, and remembers the refresh token’s family.',
    'The server sends the tokens in the body.',
    'The page adds the access token to every request, on purpose.',
    'The server verifies the signature; it looks nothing up, unless it can revoke access tokens.',
    'The server answers, and knows who asked.',
    'To renew, the page sends the refresh token; the server spends it in its family, and signs an access token and the next refresh token.',
    'To rotate, the server spends the refresh token in its family, and signs the next one.',
    'To log out, the server ends the family; access tokens that are out there go on until they expire.',
    'To log out everywhere, the server ends every family of the user.',
  ],
}

type Call = TraceEvent['calls'][number]

const RENEWAL: Readonly<Record<string, number>> = {
  [paths.renewAccess]: 8,
  [paths.rotateRefresh]: 9,
  [paths.logout]: 10,
  [paths.logoutAll]: 11,
}

const isLogin = (path: string): boolean => path === paths.login || path === paths.register

/** The step in which a request is sent. */
export function stepOfRequest(
  server: ServerKind,
  path: string,
  carries: boolean,
): number | undefined {
  if (isLogin(path)) return 1
  if (!carries) return undefined
  const sendsRefreshToken = path === paths.renewAccess || path === paths.rotateRefresh
  return server === 'jwt' && sendsRefreshToken ? RENEWAL[path] : 5
}

/** The step to which a call of the server belongs, if it is one of the theory's. */
export function stepOfCall(path: string, { kind, operation }: Call): number | undefined {
  const isCredential = /session|famil|token/i.test(operation)
  if (isLogin(path)) {
    if (kind === 'hash' || /\bpassword_hash AS\b/.test(operation)) return 2
    return kind === 'sign' || isCredential ? 3 : undefined
  }
  if (looksUp(path, kind, operation)) return 6
  const signs = kind === 'sign' && operation === 'sign'
  return signs || isCredential ? RENEWAL[path] : undefined
}

/** Who sends this request: a signature checked, a session or a denied family read, a user looked up. */
function looksUp(path: string, kind: string, operation: string): boolean {
  if (kind === 'sign') return operation !== 'sign'
  if (kind === 'redis') return operation === 'GET' || operation === 'EXISTS'
  const asksUser = path === paths.whoami && /\bFROM public\.users\b/.test(operation)
  return asksUser || /^SELECT\b.*\bFROM public\.sessions\b/.test(operation)
}

/** The step in which the server answers. */
export function stepOfAnswer(path: string, status: number, carries: boolean): number | undefined {
  if (status === 0 || status >= 300) return undefined
  if (isLogin(path)) return 4
  return carries ? (RENEWAL[path] ?? 7) : undefined
}
