import { operations, type ServerKind } from '@session-vs-jwt/http-contract'

const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/

/** A request that was sent, and its answer's status: `GET /posts/:id 200`. */
export function sentLine(method: string, url: string, status: number): string {
  return `${method} ${new URL(url).pathname.replace(UUID, ':id')} ${status}`
}

/**
 * Every operation of the contract as {@link sentLine} writes it, done as it was asked, but for those
 * whose statuses are given here by path.
 */
export function contractLines(
  server: ServerKind,
  statuses: Readonly<Record<string, number>> = {},
): string[] {
  return operations.flatMap(({ method, path, success }) =>
    success[server] ? [`${method} ${path} ${statuses[path] ?? success[server].status}`] : [],
  )
}

/** Where no logins are kept, nobody has a list of them; where the key is a secret, nobody shows it. */
export const WITHOUT_STATE_AND_PUBLIC_KEYS: Readonly<Record<string, number>> = {
  '/auth/devices': 501,
  '/auth/devices/:id': 501,
  '/auth/logout/all': 501,
  '/.well-known/jwks.json': 404,
}
