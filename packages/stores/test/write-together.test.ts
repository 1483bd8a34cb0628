import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeTogether } from '../src/redis/write-together.js'

/** Enough of Redis for a client that asks for nothing before it is ready: every command is "OK". */
const answerEach = (socket: Socket): void => {
  socket.on('data', (chunk) => {
    for (const _ of String(chunk).matchAll(/^\*\d+\r$/gm)) socket.write('+OK\r\n')
  })
}

let server: Server
let redis: Redis

beforeEach(async () => {
  server = createServer(answerEach)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  redis = new Redis({
    port: (server.address() as AddressInfo).port,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  })
  redis.on('error', () => undefined)
  writeTogether(redis)
  await redis.connect()
})

afterEach(() => {
  redis.disconnect()
  server.close()
})

const socketOf = (client: Redis): Socket => (client as unknown as { stream: Socket }).stream

test('commands of one turn wait for its end, and leave together', async () => {
  const socket = socketOf(redis)
  const before = socket.bytesWritten
  const answers = ['a', 'b', 'c'].map(async (key) => redis.get(key))
  const waiting = socket.writableLength
  expect(socket.writableCorked).toBe(1)
  expect(waiting).toBeGreaterThan(3 * '*2\r\n$3\r\nget\r\n$1\r\na\r\n'.length - 1)
  await nextTurn()
  expect(socket.writableCorked).toBe(0)
  expect(socket.bytesWritten - before).toBe(waiting)
  expect(await Promise.all(answers)).toEqual(['OK', 'OK', 'OK'])
})

test('the next turn has a write of its own', async () => {
  for (let turn = 0; turn < 3; turn += 1) {
    const answer = redis.get('a')
    expect(socketOf(redis).writableCorked).toBe(1)
    expect(await answer).toBe('OK')
    expect(socketOf(redis).writableCorked).toBe(0)
  }
})

test('a connection that breaks meanwhile refuses what it has not sent', async () => {
  const answer = redis.get('a')
  socketOf(redis).destroy()
  await expect(answer).rejects.toBeInstanceOf(Error)
  await nextTurn()
  await expect(redis.get('a')).rejects.toBeInstanceOf(Error)
})
