import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { replicaFirst } from '../src/postgres/replica.js'
import type { SqlClient } from '../src/postgres/sql.js'

/** A client that says who it is, or does what it is told. */
function client(name: string, answer?: () => Promise<never>): SqlClient & { asked: number } {
  const self = {
    asked: 0,
    query: async () => {
      self.asked += 1
      return answer ? answer() : { rows: [{ name }], rowCount: 1 }
    },
  }
  return self as unknown as SqlClient & { asked: number }
}

const read = async (sql: SqlClient) => (await sql.query<object>({ text: 'SELECT 1' })).rows
const fails = async (): Promise<never> => Promise.reject(new Error('Connection terminated'))
const silent = async (): Promise<never> => new Promise(() => undefined)

describe('a read that may lag', () => {
  test('goes to the replica', async () => {
    const primary = client('primary')
    expect(await read(replicaFirst(client('replica'), primary))).toEqual([{ name: 'replica' }])
    expect(primary.asked).toBe(0)
  })

  test.each([
    ['fails', fails],
    ['is silent', silent],
  ])('goes to the primary where the replica %s, which is left alone then', async (_how, how) => {
    const replica = client('replica', how)
    const onAway = vi.fn<(error: Error) => void>()
    const sql = replicaFirst(replica, client('primary'), onAway)
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const first = read(sql)
    await vi.advanceTimersByTimeAsync(200)
    expect(await first).toEqual([{ name: 'primary' }])
    // No time passes any more: these don't wait for the replica.
    for (let n = 0; n < 2; n += 1) expect(await read(sql)).toEqual([{ name: 'primary' }])
    expect([replica.asked, onAway.mock.calls.length]).toEqual([1, 1])
  })

  test('fails as the primary does, where neither answers', async () => {
    await expect(read(replicaFirst(client('r', fails), client('p', fails)))).rejects.toThrow(
      'Connection terminated',
    )
  })
})
