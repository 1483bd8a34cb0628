import type { Duplex } from 'node:stream'
import type { Redis } from 'ioredis'

/**
 * Commands that are sent to `node` in one turn of the event loop leave in one system call, which costs
 * more than everything else about a command. Each is sent, counted and given up as before: only
 * the socket waits, until all requests that came in with this turn have said what they want.
 */
export function writeTogether(node: Redis): void {
  const send = node.sendCommand.bind(node)
  let corked: Duplex | undefined
  const uncork = (): void => {
    const stream = corked
    corked = undefined
    stream?.uncork()
  }
  node.sendCommand = (command, stream) => {
    const socket = socketOf(node)
    if (socket && corked === undefined && node.status === 'ready') {
      socket.cork()
      corked = socket
      setImmediate(uncork)
    }
    return send(command, stream)
  }
}

/** ioredis' types keep it to themselves. */
function socketOf(node: Redis): Duplex | undefined {
  return (node as unknown as { stream?: Duplex }).stream
}
