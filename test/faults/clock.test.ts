import { platform } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { matrix } from '../contract/matrix.js'
import { expectedOf, type Outcomes } from './clock-expectations.js'
import { FakeClock } from './fake-clock.js'
import { record } from './figures.js'
import { type Answer, Load, until } from './load.js'
import { Pacemaker } from './pacemaker.js'
import { makeProbes, type Probe, sendInParts, tracesOf } from './probes.js'
import { notRefused, REFUSED_WITHIN_MS } from './promises.js'
import { Stack } from './stack.js'
import {
  lookAround,
  lookBack,
  lostOrLate,
  newTraveller,
  refusedPost,
  type Traveller,
  writesAgain,
  writesOf,
} from './travellers.js'

const HOUR = 3_600

// libfaketime is a library of Linux.
describe.skipIf(platform() !== 'linux')('a clock that is set while all run', () => {
  let stack: Stack
  let clocks: { stores: FakeClock; servers: FakeClock }

  beforeAll(async () => {
    clocks = { stores: await FakeClock.make(), servers: await FakeClock.make() }
    const labels = matrix.map(([label]) => label)
    stack = await Stack.start({ strategies: labels, own: ['postgres', 'redis'], clocks })
  })
  afterAll(async () => {
    await stack?.stop()
    await Promise.all(Object.values(clocks ?? {}).map(async (it) => it.remove()))
  })

  test.each([
    ['servers', 'forward'],
    ['servers', 'back'],
    ['stores', 'forward'],
    ['stores', 'back'],
  ] as const)(
    'that of the %s, %s by an hour: logins last as their deadlines say, and nothing is lost',
    async (whose, direction) => {
      const travellers = await Promise.all(stack.servers.map(newTraveller))
      const pacemaker = await Pacemaker.start()
      const load = new Load(travellers.map(writesOf), 20)
      const haveWritten = () => travellers.every(({ titles }) => titles.length > 3)
      await until('all have written', haveWritten, 10_000)
      await clocks[whose].set(direction === 'forward' ? HOUR : -HOUR)
      const back = await allWriteAgain(travellers, pacemaker)
      const meanwhile = await Promise.all(travellers.map(lookAround))
      const refused = await whileStoresSleep(travellers)
      await clocks[whose].set(0)
      await allWriteAgain(travellers, pacemaker)
      const afterwards = await Promise.all(travellers.map(lookBack))
      const answers = await load.stop()
      await pacemaker.stop()
      const lost = (await Promise.all(travellers.map(lostOrLate))).flat()

      const rows = travellers.map(({ server }, index) => ({
        strategy: server.label,
        outcomes: { ...meanwhile[index], ...afterwards[index] } as Outcomes,
        backAfterMs: back[index],
      }))
      await record(
        rows.map(({ outcomes, ...row }) => ({
          section: 'clock',
          fault: `The clock of the ${whose} is set ${direction} by an hour`,
          ...outcomes,
          ...row,
        })),
      )
      expect(rows.map(({ strategy, outcomes }) => [strategy, outcomes])).toEqual(
        matrix.map(([label, strategy]) => [label, expectedOf(strategy, whose, direction)]),
      )
      expect(answers.flatMap((it) => notDecent(it, pacemaker.lateMs) ?? [])).toEqual([])
      expect(refused.flatMap((it) => notRefused(it, pacemaker.lateMs) ?? [])).toEqual([])
      expect(lost).toEqual([])
      await expectUnsurprised()
    },
    60_000,
  )

  test('that of the stores, back by an hour while they sleep: what was refused does not happen', async () => {
    const probes: Probe[] = []
    for (const server of stack.servers) probes.push(...(await makeProbes(server, 'redis')))
    const travellers = await Promise.all(stack.servers.map(newTraveller))
    const pacemaker = await Pacemaker.start()
    const writing = probes.filter(({ writes }) => writes.length > 0)
    sleepStores()
    let answers: Answer[]
    try {
      await clocks.stores.set(-HOUR)
      answers = await sendInParts(writing)
    } finally {
      wakeStores()
    }
    await allWriteAgain(travellers, pacemaker)
    const traces = await tracesOf(writing)
    await clocks.stores.set(0)
    await allWriteAgain(travellers, pacemaker)
    await pacemaker.stop()
    expect(answers.flatMap((it) => notRefused(it, pacemaker.lateMs) ?? [])).toEqual([])
    expect(traces).toEqual([])
    await expectUnsurprised()
  })

  async function allWriteAgain(
    travellers: readonly Traveller[],
    { lateMs }: Pacemaker,
  ): Promise<number[]> {
    return Promise.all(travellers.map(async (it) => writesAgain(it, lateMs)))
  }

  /** Time limits hold, whatever the clock on the wall says. */
  async function whileStoresSleep(travellers: readonly Traveller[]): Promise<Answer[]> {
    sleepStores()
    try {
      return await Promise.all(travellers.map(refusedPost))
    } finally {
      wakeStores()
    }
  }

  function sleepStores(): void {
    stack.postgres.pause()
    stack.redis.pause()
  }

  function wakeStores(): void {
    stack.postgres.resume()
    stack.redis.resume()
  }

  async function expectUnsurprised(): Promise<void> {
    expect(stack.servers.flatMap(({ exit }) => exit() ?? [])).toEqual([])
    for (const { log } of stack.servers) expect(await log()).not.toContain('unexpected error')
  }
})

/** Done, or not logged in any more, or refused as promised. */
function notDecent(answer: Answer, lateMs: number): string | undefined {
  const isTold = [200, 201, 401].includes(answer.status)
  if (!isTold) return notRefused(answer, lateMs)
  const isSlow = answer.ms > REFUSED_WITHIN_MS + lateMs
  return isSlow ? `${answer.name}: ${Math.round(answer.ms)} ms` : undefined
}
