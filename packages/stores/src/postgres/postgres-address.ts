import { Client } from './pg.js'

/** What is wrong with an address. The address itself is not repeated: it may hold a password. */
export class PostgresUrlError extends Error {
  override readonly name = 'PostgresUrlError'
}

export const POSTGRES_URL_FORM: string = 'postgres://user:password@host:5432/database'

/** Those of libpq that pg knows, and pg's own `no-verify`. pg itself would take any word. */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']

/**
 * Checks that pg can read `text`, without connecting: otherwise it fails at each connect, or never answers.
 *
 * @throws {PostgresUrlError} whose message goes on after the name of a setting
 */
export function checkPostgresUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^postgres(ql)?:\/\//i.test(text)) {
    throw new PostgresUrlError('is not a PostgreSQL address')
  }
  const sslMode = url.searchParams.get('sslmode')
  if (sslMode !== null && !SSL_MODES.includes(sslMode)) {
    throw new PostgresUrlError(`has an unknown sslmode; there are: ${SSL_MODES.join(', ')}`)
  }
  const { port } = readByPg(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new PostgresUrlError('has a port that is not a number from 1 to 65535')
  }
}

/** pg also reads the files that the address names, such as `sslrootcert`. */
function readByPg(text: string): Client {
  try {
    return new Client({ connectionString: text })
  } catch (error) {
    throw new PostgresUrlError(`cannot be used (${(error as Error).message})`, { cause: error })
  }
}
