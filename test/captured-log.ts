import type { Logger } from '@session-vs-jwt/server-process'

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

/**
 * Runs `work`. If it throws, the error also tells what was logged meanwhile, because an answer doesn't say why a
 * store failed.
 *
 * @throws what `work` throws
 */
export async function explainedBy<T>({ lines }: CapturedLog, work: () => Promise<T>): Promise<T> {
  const before = lines.length
  try {
    return await work()
  } catch (error) {
    const logged = lines.slice(before).map(({ level, fields, text }) => {
      const reasons = messagesOf(fields['err'])
      return `\n    logged:   ${[`${level} ${text}`, ...reasons].join(': ')}`
    })
    if (error instanceof Error) error.message += logged.join('')
    throw error
  }
}

function messagesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : []
}
