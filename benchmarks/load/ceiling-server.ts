// Answers whatever comes with the same bytes, unread: a request is a packet here, without pipelining.
import { type AddressInfo, createServer } from 'node:net'
import { ceilingAnswer } from './ceiling-answer.js'

const bytes = Buffer.from(ceilingAnswer.bytes)
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(bytes))
  socket.on('error', () => undefined)
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ type: 'listening', url: `http://127.0.0.1:${port}` })
})
process.on('disconnect', () => process.exit())
