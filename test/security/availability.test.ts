import { paths } from '@session-vs-jwt/http-contract'
import { describe, expect, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { Device, newAccount, registered } from '../device.js'
import { RawConnection } from '../faults/raw-http.js'
import { startServer } from '../start-server.js'

const HEAD = `POST ${paths.register} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`

describe.each([['session-redis'], ['jwt-rotating']])('%s', (id) => {
  test('registrations whose bodies never arrive keep nobody from logging in [ASVS 15.4.4]', async () => {
    const server = await startServer(strategy(id))
    const { account } = await registered(server)
    const slow = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const connection = await RawConnection.open(server.url)
        connection.write(`${HEAD}Content-Length: 100\r\n\r\n{"nickname":`)
        return connection
      }),
    )
    expect((await new Device(server).login(account)).status).toBe(200)
    expect((await new Device(server).register(newAccount())).status).toBe(201)
    for (const connection of slow) connection.end()
    await server.stop()
  })
})
