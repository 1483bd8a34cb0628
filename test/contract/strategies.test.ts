import type { Promises, Strategy } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../start-server.js'
import { targetFor } from './control.js'
import { matrix } from './matrix.js'
import { strategyRows } from './rows/strategy.js'
import { comparisonTables, type Compared, type Sent } from './strategies-table.js'
import { runRow } from './suite/run-rows.js'
import type { Target } from './suite/target.js'
import { Trial } from './suite/trial.js'

/** What the runs below saw, row by row of the matrix. */
const compared: Compared[] = []

describe.each(matrix)('%s', (label, strategy) => {
  const seen: Partial<Promises> = {}
  let server: TestServer
  let target: Target
  beforeAll(async () => {
    server = await startServer(strategy)
    target = targetFor(strategy, server)
  })
  afterAll(async () => server?.stop())

  test.each(strategyRows.map((row) => [row.promise, row.title, row] as const))(
    '%s: %s',
    async (promise, _title, row) => {
      Object.assign(seen, (await runRow(row, target)).seen)
      expect(seen[promise]).toEqual(strategy.promises[promise])
    },
  )

  test('what the client sends along', async () => {
    const sent = await sentBy(target)
    expect(sent.header).toBe(strategy.server === 'session' ? 'Cookie' : 'Authorization')
    compared.push({ label, ...told(strategy), sent, seen })
  })
})

/** The tables that documentation shows are the outcome of the runs above. */
test('docs/contract/strategies: as it was just seen', async () => {
  expect(compared).toHaveLength(matrix.length)
  const { markdown, json } = comparisonTables(compared)
  await expect(markdown).toMatchFileSnapshot('../../docs/contract/strategies.md')
  await expect(json).toMatchFileSnapshot('../../docs/contract/strategies.json')
})

function told({ id, server, title, state }: Strategy) {
  return { id, server, title, state }
}

async function sentBy(target: Target): Promise<Sent> {
  const { device } = await new Trial(target).registered()
  const { requestHeaders } = (await device.whoami()).exchange
  const header = 'cookie' in requestHeaders ? 'Cookie' : 'Authorization'
  return { header, bytes: (requestHeaders[header.toLowerCase()] ?? '').length }
}
