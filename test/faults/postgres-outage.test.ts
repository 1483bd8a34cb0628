import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { goThroughOutage, goThroughRestart } from './outage.js'
import { FAULT_STRATEGIES, Stack } from './stack.js'

let stack: Stack

beforeAll(async () => {
  const redisUrl = inject('redisUrl')
  stack = await Stack.start({ strategies: FAULT_STRATEGIES, own: ['postgres'], redisUrl })
})
afterAll(async () => stack?.stop())

describe('PostgreSQL', () => {
  test('paused: 503 for what needs it, nothing of it later, and all is back when it wakes', async () => {
    await goThroughOutage(stack, 'postgres', {
      strike: () => stack.postgres.pause(),
      repair: () => stack.postgres.resume(),
    })
  })

  test('killed: 503 for what needs it, and all is back with it', async () => {
    await goThroughOutage(stack, 'postgres', {
      strike: async () => stack.postgres.kill(),
      repair: async () => stack.postgres.restart(),
    })
  })

  test('restarted under load: an answer or 503, and soon an answer again', async () => {
    await goThroughRestart(stack, async () => stack.postgres.restart())
  })
})
