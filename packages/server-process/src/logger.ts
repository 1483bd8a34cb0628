import pino, { type Logger } from 'pino'
import { LineWriter } from './line-writer.js'
import { limitRepeats } from './repeat-limit.js'

export type { Logger } from 'pino'

/** Where a credential could stand in what is logged. The value is replaced, the key stays. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'password',
  'currentPassword',
  'passwordHash',
  'accessToken',
  'refreshToken',
  'token',
  'headers.authorization',
  'headers.cookie',
  'headers["set-cookie"]',
]

/**
 * Logs as JSON lines. Requests are not logged with headers or bodies, and what could hold a secret all
 * the same is redacted: at the top, and one and two levels down.
 */
export function createLogger(name: string, level: string): Logger {
  const paths = SECRET_PATHS.flatMap((path) => [path, `*.${path}`, `*.*.${path}`])
  const options = {
    name,
    level,
    redact: { paths, censor: '[redacted]' },
    serializers: { err: (error: unknown) => serializeError(error) },
    hooks: { logMethod: limitRepeats() },
  }
  return pino(options, new LineWriter(1, droppedLine(name)))
}

/** Made without pino, whose level may be above warnings. */
function droppedLine(name: string): (dropped: number, reason: string) => string {
  return (dropped, reason) => {
    const msg = 'lines are missing here: they could not be written'
    const line = { level: WARN, time: Date.now(), name, dropped, reason, msg }
    return `${JSON.stringify(line)}\n`
  }
}

const WARN = 40

/** An error can be its own cause. */
const MAX_CAUSES = 5

/**
 * Class, code, message and stack of an error and of its causes. Other properties are left out: drivers
 * put statements, their values and server replies there.
 */
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return { type: typeof error }
  return {
    type: error.name,
    ...('code' in error && { code: error.code }),
    message: error.message,
    stack: error.stack,
    ...(error.cause !== undefined && { cause: serializeError(error.cause, depth + 1) }),
  }
}
