import { expect, test, vi } from 'vitest'
import { oncePerKey } from '../src/once-per-key.js'

test('each key is reported once, and no more of them are kept than anybody would read', () => {
  const report = vi.fn()
  const reportOnce = oncePerKey(report)
  for (const key of ['a', 'b', 'a', 'b']) reportOnce(key)
  expect(report.mock.calls).toEqual([['a'], ['b']])
  for (let i = 0; i < 1_000; i += 1) reportOnce(String(i))
  reportOnce('a')
  expect(report).toHaveBeenCalledTimes(1_003)
})
