import { beforeAll, describe, expect, test } from 'vitest'
import { type OutageFigure, recordOutages } from './figures.js'
import { type Answer, Load, until } from './load.js'
import { Pacemaker } from './pacemaker.js'
import { makeProbes, type Probe, sendInParts, type Store, tracesOf } from './probes.js'
import { notRefused, notServed, REFUSED_WITHIN_MS } from './promises.js'
import {
  acknowledgedBy,
  comeBack,
  expectUnharmed,
  hasWritten,
  isReady,
  lostBy,
  me,
  newRegular,
  type Regular,
  requestsOf,
  type Return,
  wrongIn,
} from './regulars.js'
import type { Stack } from './stack.js'

/** The break of a store, and its return. */
export interface Fault {
  readonly strike: () => void | Promise<void>
  readonly repair: () => void | Promise<void>
  /** What the store refuses: everything unless told. */
  readonly refuses?: 'writes' | 'growth'
  /** So many at each server want what is broken all the while, to take all connections to it. */
  readonly crowd?: number
}

/** What happened in an outage; a line for each thing that was not as promised. */
interface Outage {
  readonly notRefused: readonly string[]
  readonly notServed: readonly string[]
  readonly readiness: readonly Answer[]
  readonly returns: readonly Return[]
  readonly traces: readonly string[]
  readonly losses: readonly string[][]
  /** What the requests got that went on all the time. */
  readonly load: readonly Answer[]
  readonly regulars: readonly Regular[]
  readonly probed: readonly Answer[]
  /** By how much this machine was late by itself, in milliseconds. */
  readonly lateMs: number
}

/** One outage under load, and what was promised for it. */
export function describeOutage(what: string, stack: () => Stack, store: Store, fault: Fault): void {
  describe(`${what}, under load`, () => {
    let outage: Outage

    beforeAll(async () => {
      outage = await goThrough(stack(), store, fault)
      await recordOutages('outage', outage.probed, figuresOf(what, outage))
    }, 90_000)

    test('what needs it is refused within a second: 503, Retry-After, problem details', () => {
      expect(outage.notRefused).toEqual([])
    })

    test('what does not need it goes on', () => {
      expect(outage.notServed).toEqual([])
    })

    test.skipIf(fault.crowd)('the servers say that they are not ready', () => {
      const wrong = outage.readiness.filter(
        ({ status, ms, retryAfter }) =>
          status !== 503 || ms > REFUSED_WITHIN_MS + outage.lateMs || !retryAfter,
      )
      expect(wrong).toEqual([])
    })

    test('with it, everything is back within two seconds and stays', () => {
      expect(outage.returns.flatMap(({ failure }) => failure ?? [])).toEqual([])
    })

    test('nothing that was refused has happened, or happens later', () => {
      expect(outage.traces).toEqual([])
    })

    test('nothing that was acknowledged is lost', () => {
      expect(outage.regulars.filter((it) => !hasWritten(it))).toEqual([])
      expect(outage.losses.flat()).toEqual([])
    })

    test('requests all the while get their own answer or 503, and never wait', () => {
      expect(wrongIn(outage.load, outage.regulars, outage.lateMs)).toEqual([])
    })

    test('no server died, none was surprised, and no log tells a secret', async () => {
      await expectUnharmed(stack(), outage.regulars)
    })
  })
}

/** The store goes and comes again at once, as in an update. */
export function describeRestart(
  what: string,
  stack: () => Stack,
  restart: () => Promise<void>,
): void {
  test(`${what}: an own answer or 503, all is back within two seconds, and nothing is lost`, async () => {
    const regulars = await Promise.all(stack().servers.map(newRegular))
    const pacemaker = await Pacemaker.start()
    const load = new Load(regulars.flatMap(requestsOf), 40)
    await until('all have written', () => regulars.every(hasWritten), 10_000)
    const begun = load.answers.length
    await restart()
    const returns = await comeBack(regulars, () => pacemaker.lateMs)
    const answers = await load.stop()
    await pacemaker.stop()
    const losses = await Promise.all(regulars.map(lostBy))
    const figures = figuresOf(what, {
      regulars,
      returns,
      losses,
      lateMs: pacemaker.lateMs,
    })
    await recordOutages('restart', answers.slice(begun), figures)
    expect(returns.flatMap(({ failure }) => failure ?? [])).toEqual([])
    expect(wrongIn(answers, regulars, pacemaker.lateMs)).toEqual([])
    expect(losses.flat()).toEqual([])
    await expectUnharmed(stack(), regulars)
  })
}

async function goThrough(stack: Stack, store: Store, fault: Fault): Promise<Outage> {
  const probes: Probe[] = []
  for (const server of stack.servers) probes.push(...(await makeProbes(server, store)))
  const regulars = await Promise.all(stack.servers.map(newRegular))
  await Promise.all(regulars.map(fillPool))
  const refused = probes.filter((it) => isHit(it, store, fault))
  const served = probes.filter((it) => !refused.includes(it))
  const pacemaker = await Pacemaker.start()
  const load = new Load(regulars.flatMap(requestsOf), 40)
  let crowd: Load | undefined
  try {
    await until('all have written', () => regulars.every(hasWritten), 10_000)
    await fault.strike()
    crowd = crowdOf(regulars, fault)
    // Twice: on connections that break, and when they are known to be broken.
    const first = await sendInParts(refused)
    const answers = await inTurn(served)
    const second = await sendInParts(refused)
    const readiness = await Promise.all(regulars.map(isReady))
    const crowded = (await crowd?.stop()) ?? []
    await fault.repair()
    const returns = await comeBack(regulars, () => pacemaker.lateMs)
    const traces = await tracesOf(refused)
    const { lateMs } = pacemaker
    return {
      lateMs,
      notRefused: [...first, ...second].flatMap((it) => notRefused(it, lateMs) ?? []),
      notServed: answers.flatMap((it) => notServed(it, lateMs) ?? []),
      readiness,
      returns,
      traces,
      load: [...(await load.stop()), ...crowded],
      losses: await Promise.all(regulars.map(lostBy)),
      regulars,
      probed: [...first, ...second, ...answers],
    }
  } catch (error) {
    await fault.repair()
    throw error
  } finally {
    await Promise.all([load.stop(), crowd?.stop(), pacemaker.stop()])
  }
}

/** Whether `store` cannot do, as broken as it is, what the probe wants of it. */
function isHit({ reads, writes, frees }: Probe, store: Store, { refuses }: Fault): boolean {
  if (refuses === undefined && reads.includes(store)) return true
  return writes.includes(store) && !(refuses === 'growth' && frees)
}

/** Every request that follows has a connection to PostgreSQL, which the outage finds established. */
async function fillPool({ device }: Regular): Promise<void> {
  await Promise.all(Array.from({ length: 20 }, async () => me(device)))
}

function crowdOf(regulars: readonly Regular[], { crowd = 0 }: Fault): Load {
  const requests = regulars.flatMap((it) => {
    const usersMe = requestsOf(it)[1] as () => Promise<Answer>
    return Array.from({ length: crowd }, () => usersMe)
  })
  return new Load(requests)
}

/** One after the other at each server: what is slow, is slow by itself. */
async function inTurn(probes: readonly Probe[]): Promise<Answer[]> {
  const servers = [...new Set(probes.map(({ server }) => server))]
  const answers = servers.map(async (server) => {
    const own = []
    for (const probe of probes) if (probe.server === server) own.push(await probe.send())
    return own
  })
  return (await Promise.all(answers)).flat()
}

function figuresOf(
  fault: string,
  { regulars, returns, losses, lateMs }: Pick<Outage, 'regulars' | 'returns' | 'losses' | 'lateMs'>,
): OutageFigure[] {
  return regulars.map((regular, index) => ({
    fault,
    strategy: regular.server.label,
    backAfterMs: returns[index]?.ms,
    acknowledged: acknowledgedBy(regular),
    lost: losses[index]?.length,
    lateMs,
  }))
}
