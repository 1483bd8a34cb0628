import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { goThroughOutage, goThroughRestart } from './outage.js'
import { FAULT_STRATEGIES, Stack } from './stack.js'

let stack: Stack

beforeAll(async () => {
  const databaseUrl = inject('databaseUrl')
  stack = await Stack.start({ strategies: FAULT_STRATEGIES, own: ['redis'], databaseUrl })
})
afterAll(async () => stack?.stop())

describe('Redis', () => {
  test('paused: 503 for what needs it, nothing of it later, and all is back when it wakes', async () => {
    await goThroughOutage(stack, 'redis', {
      strike: () => stack.redis.pause(),
      repair: () => stack.redis.resume(),
    })
  })

  test('killed: 503 for what needs it, and all is back with it', async () => {
    await goThroughOutage(stack, 'redis', {
      strike: async () => stack.redis.kill(),
      repair: async () => stack.redis.restart(),
    })
  })

  test('restarted under load: an answer or 503, and soon an answer again', async () => {
    await goThroughRestart(stack, async () => stack.redis.restart())
  })
})
