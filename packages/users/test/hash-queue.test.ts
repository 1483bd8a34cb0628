import { describe, expect, test, vi } from 'vitest'
import { HashQueue } from '../src/hash-queue.js'

/** One turn at a time, while work of size `maxWaiting` may wait. */
const queueOf = (maxWaiting: number): HashQueue =>
  new HashQueue({ concurrency: 1, maxWaitMs: 100 * maxWaiting, msPerUnit: 100 })

/** Work that ends when the test says so. */
function slowWork() {
  let finish = (): void => undefined
  const done = new Promise<void>((resolve) => (finish = resolve))
  return { work: vi.fn(async () => done), finish }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const left = new Error('the client left')
const overloaded = { name: 'AccountError', code: 'overloaded', retryAfter: 2 }

describe('the queue of hashes', () => {
  test('drops the work of a client that has left, and its place is free at once', async () => {
    const queue = queueOf(2)
    const running = slowWork()
    void queue.run(1, running.work)
    await turn()
    const client = new AbortController()
    const dropped = vi.fn(async () => undefined)
    const waiting = [
      queue.run(1, dropped, client.signal),
      queue.run(1, dropped, client.signal),
    ].map(async (it) => expect(it).rejects.toBe(left))
    await expect(queue.run(1, async () => undefined)).rejects.toMatchObject(overloaded)
    client.abort(left)
    await Promise.all(waiting)
    const next = queue.run(1, async () => 'done')
    running.finish()
    expect(await next).toBe('done')
    expect(dropped).not.toHaveBeenCalled()
  })

  test('does nothing for a client that left before', async () => {
    const queue = queueOf(2)
    const work = vi.fn(async () => undefined)
    await expect(queue.run(1, work, AbortSignal.abort(left))).rejects.toBe(left)
    expect(work).not.toHaveBeenCalled()
  })

  test('ends what has begun: a guess that was checked must be counted', async () => {
    const queue = queueOf(2)
    const client = new AbortController()
    const { work, finish } = slowWork()
    const running = queue.run(1, work, client.signal)
    await turn()
    client.abort(left)
    finish()
    await expect(running).resolves.toBeUndefined()
  })

  test('measures what waits by its size', async () => {
    const queue = queueOf(4)
    const { work, finish } = slowWork()
    void queue.run(1, work)
    await turn()
    const large = queue.run(4, async () => 'large')
    await expect(queue.run(1, async () => undefined)).rejects.toMatchObject(overloaded)
    finish()
    expect(await large).toBe('large')
    expect(await queue.run(1, async () => 'small')).toBe('small')
  })

  test('lets less work wait once the machine has become slow', async () => {
    const queue = new HashQueue({ concurrency: 1, maxWaitMs: 100, msPerUnit: 1 })
    await queue.run(1, () => new Promise((resolve) => setTimeout(resolve, 500)))
    await turn()
    const { work, finish } = slowWork()
    const running = [queue.run(1, work), queue.run(1, work)]
    await expect(queue.run(1, work)).rejects.toMatchObject(overloaded)
    finish()
    await Promise.all(running)
  })

  test('goes on after work that failed', async () => {
    const queue = queueOf(2)
    const failed = new Error('failed')
    await expect(queue.run(1, () => Promise.reject(failed))).rejects.toBe(failed)
    expect(await queue.run(1, async () => 'done')).toBe('done')
  })
})
