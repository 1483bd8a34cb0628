import type { Logger } from '@session-vs-jwt/http-kit'

interface LogLine {
  readonly level: string
  readonly fields: Record<string, unknown>
  readonly text: string
}

export interface CapturedLog {
  readonly lines: LogLine[]
  readonly logger: Logger
}

/** A logger that keeps its lines. */
export function capturedLog(): CapturedLog {
  const lines: LogLine[] = []
  const keep =
    (level: string) =>
    (fields: Record<string, unknown> | string, text = ''): void => {
      if (typeof fields === 'string') lines.push({ level, fields: {}, text: fields })
      else lines.push({ level, fields, text })
    }
  const logger = { error: keep('error'), warn: keep('warn'), info: keep('info') }
  return { lines, logger: logger as unknown as Logger }
}
