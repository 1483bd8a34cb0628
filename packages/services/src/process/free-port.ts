import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { ServiceError } from '../service-error.js'

// Below the range that kernels hand out to outgoing connections (Linux from 32768, macOS from
// 49152). Inside it, a client that reconnects to a dead server could take the server's port, or
// even connect to itself.
const FIRST = 20_000
const LAST = 32_767

/** A port of 127.0.0.1 that nothing listens on right now; it may be taken a moment later. */
export async function freePort(attempts = 50): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(FIRST, LAST + 1)
    if (await isFree(port)) return port
  }
  throw new ServiceError('start-failed', `No free port on 127.0.0.1 from ${FIRST} to ${LAST}.`)
}

/** As many of them, no two alike. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
