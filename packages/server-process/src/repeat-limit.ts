import type { LogFn, Logger } from 'pino'

type LogArguments = Parameters<LogFn>
type LogMethod = (this: Logger, args: LogArguments, method: LogFn, level: number) => void

/** Lines of one kind that are logged whole before the rest is only counted. */
const LOGGED_WHOLE = 20
const COUNT_EVERY_MS = 60_000
const WARN = 40

/**
 * Keeps an outage from filling the disk. Of the warnings and errors of one kind, the first are logged
 * whole. From then on, one line a minute says how many more there were (`repeated`), until a minute
 * passes without any.
 */
export function limitRepeats(): LogMethod {
  const kinds = new Map<string, Kind>()
  // Added when there is something to tell: a logger that nobody uses leaves no listener behind.
  let onExit = (): void => {
    process.once('exit', () => kinds.forEach((kind) => kind.tellHeld()))
    onExit = () => undefined
  }
  return function log(args, method, level) {
    const write = (line: LogArguments): void => method.apply(this, line)
    if (level < WARN) return write(args)
    const key = kindOf(args)
    const kind = kinds.get(key) ?? new Kind(() => kinds.delete(key))
    kinds.set(key, kind)
    onExit()
    return kind.log(args, write)
  }
}

class Kind {
  readonly #timer: NodeJS.Timeout
  #whole = 0
  #held = 0
  #tell = (): void => undefined

  /** `onQuiet` is called when a whole minute passes with nothing to count. */
  constructor(onQuiet: () => void) {
    this.#timer = setInterval(() => {
      if (this.#held > 0) return this.tellHeld()
      clearInterval(this.#timer)
      onQuiet()
    }, COUNT_EVERY_MS).unref()
  }

  log(args: LogArguments, write: (line: LogArguments) => void): void {
    if (this.#whole < LOGGED_WHOLE) {
      this.#whole += 1
      return write(args)
    }
    this.#held += 1
    this.#tell = () => write(counted(args, this.#held))
  }

  /** Logs the last line that was held back, with the number of lines that it stands for. */
  tellHeld(): void {
    if (this.#held > 0) this.#tell()
    this.#held = 0
  }
}

/** Where an error comes from tells its kind; its message may differ each time. */
function kindOf([first, message]: LogArguments): string {
  if (typeof first !== 'object' || first === null) return String(first)
  const { err, store = '' } = first as { err?: unknown; store?: unknown }
  return [message, store, ...(err instanceof Error ? originOf(err) : [])].join('\n')
}

function originOf(error: Error): string[] {
  const { code } = error as NodeJS.ErrnoException
  const frame = /^ +at .*$/m.exec(error.stack ?? '')?.[0] ?? ''
  return [error.name, String(code), frame]
}

function counted([first, ...rest]: LogArguments, repeated: number): LogArguments {
  const isObject = typeof first === 'object' && first !== null
  const line = isObject ? [{ ...first, repeated }, ...rest] : [{ repeated }, first, ...rest]
  return line as unknown as LogArguments
}
