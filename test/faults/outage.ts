import { paths } from '@session-vs-jwt/http-kit'
import { describe, expect, beforeAll, test } from 'vitest'
import { Device, newAccount, type Reply, registered } from '../device.js'
import { type Answer, Load, timed, until } from './load.js'
import { makeProbes, type Probe, type Store } from './probes.js'
import type { FaultServer, Stack } from './stack.js'

/** The promises: refused within a second, back within two seconds of the store's return. */
const REFUSED_WITHIN_MS = 1_000
export const BACK_WITHIN_MS = 2_000
/** What asks no broken store does not notice; a busy machine is allowed for. */
const UNDISTURBED_MS = 400

/** The break of a store, and its return. */
export interface Fault {
  readonly strike: () => void | Promise<void>
  readonly repair: () => void | Promise<void>
}

/** What happened in an outage; a line for each thing that was not as promised. */
interface Outage {
  readonly notRefused: readonly string[]
  readonly notServed: readonly string[]
  readonly readiness: readonly Answer[]
  readonly notBack: readonly string[]
  readonly traces: readonly string[]
  /** What the requests got that went on all the time. */
  readonly load: readonly Answer[]
  readonly regulars: readonly Regular[]
}

/** Somebody at each server, whose requests go on all the time. */
interface Regular {
  readonly server: FaultServer
  readonly device: Device
  readonly email: string
}

/** One outage under load, and what was promised for it. */
export function describeOutage(what: string, stack: () => Stack, store: Store, fault: Fault): void {
  describe(`${store} ${what}`, () => {
    let outage: Outage

    beforeAll(async () => {
      outage = await goThrough(stack(), store, fault)
    })

    test('what needs it is refused within a second: 503, Retry-After, problem details', () => {
      expect(outage.notRefused).toEqual([])
    })

    test('what does not need it goes on', () => {
      expect(outage.notServed).toEqual([])
    })

    test('the servers say that they are not ready', () => {
      const wrong = outage.readiness.filter(
        ({ status, ms, retryAfter }) => status !== 503 || ms > REFUSED_WITHIN_MS || !retryAfter,
      )
      expect(wrong).toEqual([])
    })

    test('with it, everything is back within two seconds and stays', () => {
      expect(outage.notBack).toEqual([])
    })

    test('nothing that was refused has happened, or happens later', () => {
      expect(outage.traces).toEqual([])
    })

    test('requests all the while get their own answer or 503, and never wait', () => {
      expect(wrongIn(outage)).toEqual([])
    })

    test('no server died, none was surprised, and no log tells a secret', async () => {
      await expectUnharmed(stack(), outage.regulars)
    })
  })
}

/** The store goes and comes again at once, as in an update. */
export function describeRestart(stack: () => Stack, restart: () => Promise<void>): void {
  test('restarted under load: an own answer or 503, and all is back within two seconds', async () => {
    const regulars = await Promise.all(stack().servers.map(newRegular))
    const load = new Load(regulars.flatMap(regularRequests))
    await restart()
    expect(await notBack(regulars)).toEqual([])
    expect(wrongIn({ load: await load.stop(), regulars })).toEqual([])
    await expectUnharmed(stack(), regulars)
  })
}

async function goThrough(stack: Stack, store: Store, fault: Fault): Promise<Outage> {
  const probes = (await Promise.all(stack.servers.map(async (it) => makeProbes(it, store)))).flat()
  const regulars = await Promise.all(stack.servers.map(newRegular))
  await Promise.all(regulars.map(fillPool))
  const refused = probes.filter(({ needs }) => needs.has(store))
  const served = probes.filter(({ needs }) => !needs.has(store))
  const load = new Load(regulars.flatMap(regularRequests), 40)
  try {
    await fault.strike()
    // Twice: on connections that break, and when they are known to be broken.
    const first = await Promise.all(refused.map((it) => it.send()))
    const answers = await Promise.all(served.map((it) => it.send()))
    const second = await Promise.all(refused.map((it) => it.send()))
    const readiness = await Promise.all(regulars.map(isReady))
    await fault.repair()
    return {
      notRefused: [...first, ...second].flatMap((it) => notRefused(it) ?? []),
      notServed: answers.flatMap((it) => notServed(it) ?? []),
      readiness,
      notBack: await notBack(regulars),
      traces: await tracesOf(refused),
      load: await load.stop(),
      regulars,
    }
  } catch (error) {
    await fault.repair()
    throw error
  } finally {
    await load.stop()
  }
}

/** What is wrong with an answer that must say that a store is away; undefined if nothing is. */
export function notRefused(answer: Answer, code = 'store_unavailable'): string | undefined {
  const wrong = [
    answer.status !== 503 && `status ${answer.status}`,
    answer.code !== code && `code ${answer.code}`,
    answer.contentType !== 'application/problem+json' && `type ${answer.contentType}`,
    !/^[1-9]\d*$/.test(answer.retryAfter ?? '') && `Retry-After ${answer.retryAfter}`,
    answer.ms > REFUSED_WITHIN_MS && `${Math.round(answer.ms)} ms`,
  ].filter(Boolean)
  return wrong.length > 0 ? `${answer.name}: ${wrong.join(', ')}` : undefined
}

/** What is wrong with an answer that must come as if nothing had happened. */
function notServed({ name, status, code, ms }: Answer): string | undefined {
  if (status >= 200 && status < 300 && ms <= UNDISTURBED_MS) return undefined
  return `${name}: status ${status} ${code ?? ''}, ${Math.round(ms)} ms`
}

async function tracesOf(refused: readonly Probe[]): Promise<string[]> {
  const found = await Promise.all(
    refused.map(async ({ name, trace }) => {
      const left = await trace?.()
      return left === undefined ? [] : [`${name}: ${left}`]
    }),
  )
  return found.flat()
}

async function newRegular(server: FaultServer): Promise<Regular> {
  const { device, account } = await registered(server)
  return { server, device, email: account.email }
}

/** Every request that follows has a connection to PostgreSQL, which the outage finds established. */
async function fillPool({ device }: Regular): Promise<void> {
  await Promise.all(Array.from({ length: 20 }, async () => me(device)))
}

const me = async (device: Device): Promise<Reply> => device.send('GET', paths.me)

function regularRequests({ server, device }: Regular): (() => Promise<Answer>)[] {
  const { id } = server.strategy
  return [
    async () => timed(`${id} whoami`, device.whoami),
    async () => timed(`${id} users/me`, async () => me(device)),
  ]
}

async function isReady({ server, device }: Regular): Promise<Answer> {
  return timed(`${server.strategy.id} ready`, async () => device.sendBare('GET', paths.ready))
}

/** The servers that do not register, read and identify soon after the store's return, and go on to. */
async function notBack(regulars: readonly Regular[]): Promise<string[]> {
  const lines = await Promise.all(
    regulars.map(async (regular) => {
      const { id } = regular.server.strategy
      try {
        await until(`${id} is back`, async () => works(regular), BACK_WITHIN_MS)
      } catch (error) {
        return [(error as Error).message]
      }
      const rounds = []
      for (let round = 0; round < 5; round += 1) rounds.push(await works(regular))
      return rounds.every(Boolean) ? [] : [`${id} does not stay`]
    }),
  )
  return lines.flat()
}

async function works(regular: Regular): Promise<boolean> {
  const { server, device } = regular
  const answers = await Promise.all([
    ...regularRequests(regular).map((send) => send()),
    timed('register', async () => new Device(server).register(newAccount())),
    isReady({ ...regular, device }),
  ])
  return answers.every(({ status }) => status >= 200 && status < 300)
}

/** A refusal is as promised; any other answer is the caller's own. */
function wrongIn({ load, regulars }: Pick<Outage, 'load' | 'regulars'>): string[] {
  const emails = new Set(regulars.map(({ email }) => email))
  return load.flatMap((answer) => {
    if (answer.status !== 200) return notRefused(answer) ?? []
    const isOwn = emails.has(answer.body.email ?? answer.body.user?.email)
    return isOwn && answer.ms <= REFUSED_WITHIN_MS ? [] : [`${answer.name}: ${answer.ms} ms`]
  })
}

async function expectUnharmed(stack: Stack, regulars: readonly Regular[]): Promise<void> {
  expect(stack.servers.flatMap(({ exit }) => exit() ?? [])).toEqual([])
  for (const { server, device, email } of regulars) {
    const log = await server.log()
    const [, password = ''] = email.split('@')[0]?.split('-') ?? []
    const secrets = [device.access.replace(/^sid=/, ''), `ünïcode:${password}`]
    expect(secrets.filter((it) => log.includes(it))).toEqual([])
    expect(log).not.toContain('unexpected error')
  }
}
