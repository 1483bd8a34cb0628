import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { LineWriter } from '@session-vs-jwt/server-process'

/**
 * Lets the console of a command that runs for hours outlive a full disk and a reader that is slow: Node.js
 * would close its output at the first failure, or keep everything in memory. A terminal is left as it is.
 */
export function keepPrinting(): void {
  globalThis.console = new Console({ stdout: outputTo(1), stderr: outputTo(2) })
}

function outputTo(fd: 1 | 2): Writable {
  const stream = fd === 1 ? process.stdout : process.stderr
  if (stream.isTTY) return stream
  const lines = new LineWriter(fd, (dropped, reason) => {
    return `(${dropped} pieces of output are missing here: they could not be written, ${reason})\n`
  })
  return new Writable({
    decodeStrings: false,
    write: (text, _encoding, done) => {
      lines.write(String(text))
      done()
    },
  })
}
