import { randomBytes } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { strategiesOf } from '@session-vs-jwt/workbench'
import { describe, expect, onTestFinished, test } from 'vitest'
import { exploits } from '../contract/faulty-server/exploits.js'
import { startFaultyServer } from '../contract/faulty-server/faulty-server.js'
import type { MistakeId } from '../contract/faulty-server/mistakes.js'
import { strategy } from '../contract/matrix.js'
import { rows } from '../contract/rows/index.js'
import { runRows } from '../contract/suite/run-rows.js'
import type { Target } from '../contract/suite/target.js'
import { Device, registered } from '../device.js'
import { newDatabase } from '../new-database.js'
import { startServer, type TestServer } from '../start-server.js'

/** Medians may differ by this share, which is far less than a hash that was left out. */
const TOLERANCE = 0.1
/**
 * Tries of each kind. A short look can meet a machine that is busy just then, so a longer one decides where the
 * first sees a difference: noise goes with the number of tries, a leak stays. There is no third.
 */
const LOOKS = [15, 45] as const

type Kind = () => Promise<number>

/** Medians of two kinds of tries, taken in turns so that what slows the machine down slows both. */
async function look(
  kinds: readonly [Kind, Kind],
  tries: number,
): Promise<readonly [number, number]> {
  const samples: [number[], number[]] = [[], []]
  for (let n = 0; n < tries; n += 1) {
    // Now this kind first, now that one: a drift favours neither.
    const order = n % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
    for (const which of order) samples[which].push(await kinds[which]())
  }
  return [medianOf(samples[0]), medianOf(samples[1])]
}

async function mediansOf(kinds: readonly [Kind, Kind]): Promise<readonly [number, number]> {
  const medians = await look(kinds, LOOKS[0])
  return areAlike(medians) ? medians : look(kinds, LOOKS[1])
}

function areAlike([one, other]: readonly [number, number]): boolean {
  return Math.abs(one - other) <= TOLERANCE * Math.max(one, other)
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]]
  return (low + high) / 2
}

/** Milliseconds until a login with this email was refused. */
async function refusalOf(server: TestServer, email: string): Promise<number> {
  const basic = Buffer.from(`${email}:a wrong password`).toString('base64')
  const device = new Device(server)
  const startedAt = performance.now()
  const { status } = await device.sendBare('POST', paths.login, { authorization: `Basic ${basic}` })
  const ms = performance.now() - startedAt
  expect(status).toBe(401)
  return ms
}

const nobody = (): string => `nobody-${randomBytes(6).toString('hex')}@example.org`

/** As many tries as the medians take; the limit is not what is tested here. */
const UNLIMITED = { LOGIN_FAILURES: '1000' }

function expectAlike(medians: readonly [number, number]): void {
  const [unknown, known] = medians.map((ms) => ms.toFixed(1))
  expect(areAlike(medians), `medians: ${unknown} ms unknown, ${known} ms known`).toBe(true)
}

describe.each([['session-redis'], ['jwt-rotating']])('%s', (id) => {
  test('an unknown email takes as long as a wrong password, at the cost of production [ASVS 6.3.8]', async () => {
    const DATABASE_URL = await newDatabase()
    const env = { ...UNLIMITED, DATABASE_URL, BCRYPT_COST: '12' }
    const server = await startServer(strategy(id), { env })
    const { account } = await registered(server)
    const medians = await mediansOf([
      async () => refusalOf(server, nobody()),
      async () => refusalOf(server, account.email),
    ])
    await server.stop()
    expectAlike(medians)
    // Both did hash: a refusal without it comes within some milliseconds.
    expect(Math.min(...medians)).toBeGreaterThan(50)
  }, 240_000)
})

test.each([
  ['lower', '9', '11'],
  ['higher', '11', '9'],
])(
  'so does a wrong password for an account whose hash has an older, %s cost [ASVS 6.3.8]',
  async (_what, old, today) => {
    const DATABASE_URL = await newDatabase()
    const start = (cost: string): Promise<TestServer> =>
      startServer(strategy('session-redis'), {
        env: { ...UNLIMITED, DATABASE_URL, BCRYPT_COST: cost },
      })
    const [before, server] = [await start(old), await start(today)] as const
    const { account } = await registered(before)
    const medians = await mediansOf([
      async () => refusalOf(server, nobody()),
      async () => refusalOf(server, account.email),
    ])
    expect((await new Device(server).login(account)).status).toBe(200)
    await Promise.all([before.stop(), server.stop()])
    expectAlike(medians)
  },
  240_000,
)

describe('the contract suite, which sees a server only from outside', () => {
  const faulty = async (mistakes: readonly MistakeId[]): Promise<Target> => {
    // At the cost of tutorials.
    const server = await startFaultyServer({ mistakes, bcryptCost: 10 })
    onTestFinished(async () => server.stop())
    return { url: server.url, server: 'jwt', strategies: strategiesOf('jwt') }
  }
  const isPassed = async (target: Target): Promise<boolean> => {
    const row = rows.filter(({ id }) => id === 'login/unknown-email-same-time')
    for await (const { result } of runRows(row, target)) return result === 'passed'
    throw new Error('there is no such row')
  }

  test('the row for any server catches an early no to an unknown email, and passes a correct server [ASVS 6.3.8]', async () => {
    expect(await isPassed(await faulty(['quick-no']))).toBe(false)
    for (let n = 0; n < 5; n += 1) expect(await isPassed(await faulty([]))).toBe(true)
  }, 240_000)

  test('the exploit of the early no tells the two servers apart [ASVS 6.3.8]', async () => {
    const { run, atFaulty, atCorrect } = exploits['quick-no']
    const [wrong, right] = [await faulty(['quick-no']), await faulty([])]
    const asDevicesKnowIt = { strategy: { server: 'jwt' } } as const
    expect(await run({ url: wrong.url, ...asDevicesKnowIt })).toBe(atFaulty)
    expect(await run({ url: right.url, ...asDevicesKnowIt })).toBe(atCorrect)
  }, 240_000)
})
