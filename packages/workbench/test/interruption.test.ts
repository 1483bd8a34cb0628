import { expect, it } from 'vitest'
import { aborted } from '../src/interruption.js'

it.each([
  ['that has aborted already', () => AbortSignal.abort()],
  ['that aborts later', () => AbortSignal.timeout(1)],
])('waits for a signal %s', async (_when, signal) => {
  expect(await aborted(signal())).toBeUndefined()
})
