import { expect, it } from 'vitest'
import { portsOf, readComposedPorts } from '../src/compose/composed-ports.js'

it('has those of the balancer with the profile scale only', () => {
  expect(portsOf(readComposedPorts({}, false)).map(({ port }) => port)).toEqual([3000, 3001, 3002])
  expect(readComposedPorts({ SCALED_JWT_PORT: '4004' }, true).scaled).toEqual({
    session: 3003,
    jwt: 4004,
  })
})

it('refuses what is no port, or the port of another', () => {
  const read = (port: string) => () => readComposedPorts({ SCALED_JWT_PORT: port }, true)
  expect(read('0')).toThrow('SCALED_JWT_PORT is not a port: "0"')
  expect(read('3000')).toThrow('SCALED_JWT_PORT is the port of another: 3000')
  expect(readComposedPorts({ SCALED_JWT_PORT: 'no matter' }, false)).not.toHaveProperty('scaled')
})
