import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port of loopback, says where, and ends with the parent. */
export function listenAndTell(server: Server): void {
  server.listen(0, '127.0.0.1', () => tellListening(server))
}

/** The same of a server that listens by now. */
export function tellListening(server: Server): void {
  const { port } = server.address() as AddressInfo
  process.send?.({ type: 'listening', url: `http://127.0.0.1:${port}` })
  process.on('disconnect', () => process.exit())
  process.on('SIGTERM', () => process.exit())
}
