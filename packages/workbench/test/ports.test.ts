import { createServer, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type Ports, readPorts, takenPorts } from '../src/ports.js'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function occupiedPort(host: string): Promise<number> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as { port: number }).port
}

async function freePorts(): Promise<Ports> {
  const [page, session, jwt] = await Promise.all(
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'].map(occupiedPort),
  )
  await Promise.all(servers.splice(0).map((it) => new Promise((resolve) => it.close(resolve))))
  return { page, session, jwt } as Ports
}

it('has defaults, also for variables that are empty', () => {
  expect(readPorts({ JWT_PORT: '' })).toEqual({ page: 3000, session: 3001, jwt: 3002 })
})

it.each(['abc', '-1', '0', '65536', '3000.5', '1e3', '0x50'])('refuses %s', (text) => {
  expect(() => readPorts({ WORKBENCH_PORT: text })).toThrow(
    `WORKBENCH_PORT is not a port: "${text}"`,
  )
})

it('says everything that is wrong at once, and that it was asked wrongly', () => {
  const read = (): Ports => readPorts({ WORKBENCH_PORT: 'x', JWT_PORT: '3001' })
  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }))
  expect(read).toThrow(/WORKBENCH_PORT is not a port[^]*JWT_PORT and SESSION_PORT are both 3001/)
})

it.each(['127.0.0.1', '0.0.0.0', '::'])('finds a port that is in use on %s', async (host) => {
  const free = await freePorts()
  const session = await occupiedPort(host)
  const taken = await takenPorts({ ...free, session })
  expect(taken.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      `^Port ${session} is in use. Choose another one: SESSION_PORT=\\d+ npm start$`,
    ),
  ])
})

it('finds nothing wrong with free ports', async () => {
  expect(await takenPorts(await freePorts())).toEqual([])
})
