import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { hashPassword, verifyPassword } from '@session-vs-jwt/users/password-hash'
import type { LoginServerMessage } from './login-load.js'

// The least server that has the question: logins that hash, and requests that do not. A process of its
// own, because the size of libuv's pool is fixed when a process starts.

const password = 'correct horse'
const hash = await hashPassword(password, Number(process.argv[2]))
const delay = monitorEventLoopDelay({ resolution: 1 })

const answers: Readonly<Record<string, () => Promise<unknown>>> = {
  '/login': async () => verifyPassword(password, hash),
  '/whoami': async () => ({ id: 1 }),
  // Files and DNS wait for a thread of the same pool.
  '/file': async () => (await readFile(new URL(import.meta.url))).length,
  '/delay': async () => {
    const p99 = delay.percentile(99) / 1e6
    delay.reset()
    return p99
  },
}

const server = createServer((request, response) => {
  const answer = answers[request.url ?? '']
  if (!answer) response.writeHead(404).end()
  else void answer().then((value) => response.end(JSON.stringify(value)))
})

delay.enable()
server.listen(0, '127.0.0.1', () => {
  const message: LoginServerMessage = { port: (server.address() as AddressInfo).port }
  process.send?.(message)
})
process.on('disconnect', () => process.exit())
