import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ServerKind } from '../strategy.js'

const require = createRequire(import.meta.url)

const PACKAGES: Readonly<Record<ServerKind, string>> = {
  session: '@session-vs-jwt/session-server',
  jwt: '@session-vs-jwt/jwt-server',
}

export const SERVER_NAMES: Readonly<Record<ServerKind, string>> = {
  session: 'session server',
  jwt: 'JWT server',
}

/**
 * The file that runs a server: what the build made. A transpiler in between would be measured too,
 * so this is no source, not even in a test.
 */
export function serverProgram(server: ServerKind): string {
  // The package may be resolved to its sources (the `source` condition); the build lies beside them.
  return join(dirname(require.resolve(PACKAGES[server])), '..', 'dist', 'main.js')
}
