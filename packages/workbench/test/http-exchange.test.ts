import { createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { exchange } from '../src/index.js'

/** Answers every connection with `answer`, and counts what came. */
async function rawServer(
  answer: string,
): Promise<{ url: string; received: () => string; close: () => void }> {
  let received = ''
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      received += chunk.toString()
      if (received.endsWith('{"a":"é"}')) socket.end(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}/x`,
    received: () => received,
    close: () => server.close(),
  }
}

it('counts every byte of both messages, headers included', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: sid=1\r\n\r\nabc'
  const server = await rawServer(answer)
  const request = { method: 'POST', url: server.url, headers: { accept: '*/*' }, body: '{"a":"é"}' }
  const { status, body, sentBytes, receivedBytes } = await exchange(request)
  server.close()
  expect({ status, body }).toEqual({ status: 200, body: 'abc' })
  expect(receivedBytes).toBe(Buffer.byteLength(answer))
  expect(sentBytes).toBe(Buffer.byteLength(server.received()))
  expect(server.received()).toContain('content-length: 10\r\n')
})

it('says why nothing came', async () => {
  const server = await rawServer('')
  server.close()
  const request = { method: 'GET', url: server.url, headers: {} }
  await expect(exchange(request)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
