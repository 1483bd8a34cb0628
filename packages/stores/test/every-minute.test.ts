import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { everyMinute } from '../src/every-minute.js'

const MINUTE = 60_000
const newListener = () => ({ failed: vi.fn(), succeeded: vi.fn() })

describe('work once a minute', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const pass = async (minutes: number) => vi.advanceTimersByTimeAsync(minutes * MINUTE)

  test('begins after a minute, and ends when it is stopped', async () => {
    const work = vi.fn(async () => undefined)
    const repeated = everyMinute(work, newListener())
    await pass(0.9)
    expect(work).not.toHaveBeenCalled()
    await pass(2.2)
    expect(work).toHaveBeenCalledTimes(3)
    await repeated.stop()
    await pass(5)
    expect(work).toHaveBeenCalledTimes(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('does not begin again while it is under way', async () => {
    const work = vi.fn(async () => new Promise<void>((done) => setTimeout(done, 3 * MINUTE)))
    everyMinute(work, newListener())
    await pass(3.5)
    expect(work).toHaveBeenCalledTimes(1)
    await pass(2)
    expect(work).toHaveBeenCalledTimes(2)
  })

  test('hears that it is stopped, and `stop` waits for it', async () => {
    const ended: string[] = []
    const work = async (signal: AbortSignal): Promise<void> => {
      await new Promise<void>((done) => signal.addEventListener('abort', () => done()))
      ended.push('work')
    }
    const repeated = everyMinute(work, newListener())
    await pass(1)
    await repeated.stop()
    expect(ended).toEqual(['work'])
  })

  test('that fails is tried again; a streak of failures is reported once, and so is its end', async () => {
    const error = new Error('canary')
    const listener = newListener()
    let isBroken = true
    const work = vi.fn(async () => {
      if (isBroken) throw error
    })
    everyMinute(work, listener)
    await pass(3)
    expect(work).toHaveBeenCalledTimes(3)
    expect(listener.failed.mock.calls).toEqual([[error]])
    isBroken = false
    await pass(2)
    expect(listener.succeeded).toHaveBeenCalledTimes(1)
    isBroken = true
    await pass(2)
    expect(listener.failed).toHaveBeenCalledTimes(2)
  })

  test('that fails because it is stopped has not failed', async () => {
    const listener = newListener()
    const work = async (signal: AbortSignal): Promise<void> => {
      await new Promise<void>((done) => signal.addEventListener('abort', () => done()))
      throw new Error('canary')
    }
    const repeated = everyMinute(work, listener)
    await pass(1)
    await repeated.stop()
    expect(listener.failed).not.toHaveBeenCalled()
  })
})
