import { once } from 'node:events'
import { createServer } from 'node:http'
import { strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registered } from '../device.js'
import { Fleet } from './fleet.js'

let fleet: Fleet
beforeAll(async () => {
  fleet = await Fleet.start(strategyById('jwt-rotating'))
})
afterAll(async () => fleet?.stop())

const pids = (): number[] => fleet.group.instances.map(({ pid }) => pid)

test('a successor that does not start ends it: the others go on, and the next one brings it back', async () => {
  const { device } = await registered(fleet)
  const [first, ...others] = pids()
  await fleet.crash('jwt-1')
  const squatter = createServer().listen(portOf('jwt-1'), '127.0.0.1')
  await once(squatter, 'listening')

  const message =
    /^jwt-1 did not start again\. The other instances were left as they are\.[^]*in use/
  await expect(fleet.rollingRestart()).rejects.toThrow(message)
  expect(pids().slice(1)).toEqual(others)
  expect(await fleet.balancer.ready()).toEqual(['jwt-2', 'jwt-3'])
  expect((await device.rotate()).status).toBe(200)

  squatter.close()
  await once(squatter, 'close')
  await fleet.rollingRestart()
  expect(pids().filter((it) => it === first || others.includes(it))).toEqual([])
  expect(await fleet.balancer.ready()).toEqual(['jwt-1', 'jwt-2', 'jwt-3'])
  expect((await device.rotate()).status).toBe(200)
}, 120_000)

function portOf(name: string): number {
  const instance = fleet.group.instances.find((it) => it.name === name)
  return Number(new URL(instance?.url ?? '').port)
}
