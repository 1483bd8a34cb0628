import { fstatSync, writeSync } from 'node:fs'

/** Says in one line, ready to be written, that lines were dropped. */
type DroppedLine = (dropped: number, reason: string) => string

/** How many bytes of lines may wait for a reader that is slow. */
const MAX_WAITING_BYTES = 1024 * 1024
const RETRY_MS = 1_000

/**
 * Writes lines to a file descriptor of this process. A line that cannot be written now (the disk or the
 * pipe is full, the reader has gone) is dropped and counted, because no log is worth a server that
 * waits or ends. When writing works again, the line that `droppedLine` makes tells how many are missing.
 */
export class LineWriter {
  readonly #fd: 1 | 2
  readonly #droppedLine: DroppedLine
  #openSink: Sink | undefined
  #dropped = 0
  #triesAgain = false

  constructor(fd: 1 | 2, droppedLine: DroppedLine) {
    this.#fd = fd
    this.#droppedLine = droppedLine
  }

  get #sink(): Sink {
    return (this.#openSink ??= sinkOf(this.#fd))
  }

  write(line: string): void {
    this.#catchUp()
    if (!this.#sink.write(line)) this.#dropped += 1
    this.#tryLater()
  }

  /** Writes what is left of the last line, and how many lines are missing after it. */
  #catchUp(): void {
    if (this.#dropped === 0) {
      this.#sink.write('')
    } else if (this.#sink.write(this.#droppedLine(this.#dropped, this.#sink.reason))) {
      this.#dropped = 0
    }
  }

  #tryLater(): void {
    if (this.#triesAgain || (!this.#sink.isBehind && this.#dropped === 0)) return
    this.#triesAgain = true
    const again = (): void => {
      this.#triesAgain = false
      this.#catchUp()
      this.#tryLater()
    }
    setTimeout(again, RETRY_MS).unref()
  }
}

interface Sink {
  /** False if the line was not taken. */
  write(line: string): boolean
  /** Whether a line that was taken is not written yet. */
  readonly isBehind: boolean
  /** Why a line was not taken: the code of the error. */
  readonly reason: string
}

function sinkOf(fd: 1 | 2): Sink {
  const stats = fstatSync(fd)
  return stats.isFIFO() || stats.isSocket() ? new PipeSink(fd) : new FileSink(fd)
}

/** A file or a terminal, written to at once. */
class FileSink implements Sink {
  readonly #fd: number
  /** What the last write left of a line, so that every line in the file is whole. */
  #rest: Buffer = Buffer.alloc(0)
  reason = ''

  constructor(fd: number) {
    this.#fd = fd
  }

  get isBehind(): boolean {
    return this.#rest.length > 0
  }

  write(line: string): boolean {
    if (!this.#writeRest()) return false
    this.#rest = Buffer.from(line)
    this.#writeRest()
    return true
  }

  #writeRest(): boolean {
    try {
      while (this.isBehind) this.#rest = this.#rest.subarray(writeSync(this.#fd, this.#rest))
      return true
    } catch (error) {
      this.reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
      return false
    }
  }
}

/** A pipe or a socket: Node.js never waits for its reader, and keeps what the reader has not taken. */
class PipeSink implements Sink {
  readonly #stream: NodeJS.WriteStream
  readonly isBehind = false
  reason = ''

  constructor(fd: 1 | 2) {
    this.#stream = fd === 1 ? process.stdout : process.stderr
    this.#stream.on('error', ({ code }: NodeJS.ErrnoException) => (this.reason = code ?? 'unknown'))
  }

  write(line: string): boolean {
    if (!this.#stream.writable) return false
    if (this.#stream.writableLength > MAX_WAITING_BYTES) {
      this.reason = 'EAGAIN'
      return false
    }
    this.#stream.write(line)
    return true
  }
}
