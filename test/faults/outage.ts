import { paths } from '@session-vs-jwt/http-kit'
import type { Registration } from '@session-vs-jwt/workbench'
import { describe, expect, beforeAll, test } from 'vitest'
import { Device, newAccount, type Reply, registered } from '../device.js'
import { type Figure, figureOf, record } from './figures.js'
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
  /** The store refuses writes only. */
  readonly readsGoOn?: true
}

/** What happened in an outage; a line for each thing that was not as promised. */
interface Outage {
  readonly notRefused: readonly string[]
  readonly notServed: readonly string[]
  readonly readiness: readonly Answer[]
  readonly notBack: readonly string[]
  readonly traces: readonly string[]
  readonly lost: readonly string[]
  /** What the requests got that went on all the time. */
  readonly load: readonly Answer[]
  readonly regulars: readonly Regular[]
  readonly figures: readonly Figure[]
}

/** Somebody at each server, whose requests go on all the time. */
interface Regular {
  readonly server: FaultServer
  readonly device: Device
  readonly email: string
  readonly account: Registration
  /** What it wrote and was told that it is written. */
  readonly acknowledged: { readonly titles: string[]; readonly devices: Device[] }
}

/** One outage under load, and what was promised for it. */
export function describeOutage(what: string, stack: () => Stack, store: Store, fault: Fault): void {
  describe(`${store} ${what}`, () => {
    let outage: Outage

    beforeAll(async () => {
      outage = await goThrough(stack(), `${store} ${what}`, store, fault)
      await record(outage.figures)
    }, 90_000)

    test('what needs it is refused within a second: 503, Retry-After, problem details', () => {
      expect(outage.notRefused).toEqual([])
    })

    test('what does not need it goes on', () => {
      expect(outage.notServed).toEqual([])
    })

    test.skipIf(fault.readsGoOn)('the servers say that they are not ready', () => {
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

    test('nothing that was acknowledged is lost', () => {
      expect(outage.figures.map(({ acknowledged }) => acknowledged > 0)).not.toContain(false)
      expect(outage.lost).toEqual([])
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
    expect((await comeBack(regulars)).flatMap(({ failure }) => failure ?? [])).toEqual([])
    expect(wrongIn({ load: await load.stop(), regulars })).toEqual([])
    await expectUnharmed(stack(), regulars)
  })
}

async function goThrough(stack: Stack, name: string, store: Store, fault: Fault): Promise<Outage> {
  const probes = (await Promise.all(stack.servers.map(async (it) => makeProbes(it, store)))).flat()
  const regulars = await Promise.all(stack.servers.map(newRegular))
  await Promise.all(regulars.map(fillPool))
  const isHit = ({ reads, writes }: Probe): boolean =>
    writes.includes(store) || (!fault.readsGoOn && reads.includes(store))
  const refused = probes.filter(isHit)
  const served = probes.filter((it) => !isHit(it))
  const load = new Load(regulars.flatMap(requestsOf), 40)
  try {
    await until('all have written', () => regulars.every(hasWritten), 10_000)
    await fault.strike()
    // Twice: on connections that break, and when they are known to be broken.
    const first = await Promise.all(refused.map((it) => it.send()))
    const answers = await Promise.all(served.map((it) => it.send()))
    const second = await Promise.all(refused.map((it) => it.send()))
    const readiness = await Promise.all(regulars.map(isReady))
    await fault.repair()
    const returns = await comeBack(regulars)
    const traces = await tracesOf(refused)
    const loadAnswers = await load.stop()
    const losses = await Promise.all(regulars.map(lostBy))
    return {
      notRefused: [...first, ...second].flatMap((it) => notRefused(it) ?? []),
      notServed: answers.flatMap((it) => notServed(it) ?? []),
      readiness,
      notBack: returns.flatMap(({ failure }) => failure ?? []),
      traces,
      lost: losses.flat(),
      load: loadAnswers,
      regulars,
      figures: regulars.map(({ server: { strategy }, acknowledged }, index) =>
        figureOf([...first, ...second, ...answers], {
          fault: name,
          strategy: strategy.id,
          backAfterMs: returns[index]?.ms,
          acknowledged: acknowledged.titles.length + acknowledged.devices.length,
          lost: losses[index]?.length,
        }),
      ),
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
  const acknowledged = { titles: [], devices: [] }
  return { server, device, account, email: account.email, acknowledged }
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

/** Those that read, and those that write: a post, a login. */
function requestsOf(regular: Regular): (() => Promise<Answer>)[] {
  const { server, device, account, acknowledged } = regular
  const { id } = server.strategy
  let written = 0
  return [
    ...regularRequests(regular),
    async () => {
      const title = `number ${(written += 1)}`
      const post = { title, body: 'x' }
      const answer = await timed(`${id} post`, async () => device.send('POST', paths.posts, post))
      if (answer.status === 201) acknowledged.titles.push(title)
      return answer
    },
    async () => {
      const newcomer = new Device(server)
      const answer = await timed(`${id} login`, async () => newcomer.login(account))
      if (answer.status === 200) acknowledged.devices.push(newcomer)
      return answer
    },
  ]
}

function hasWritten({ acknowledged: { titles, devices } }: Regular): boolean {
  return titles.length > 3 && devices.length > 3
}

/** What was acknowledged and is not there: posts by their titles, logins that renew nothing. */
async function lostBy({ server, device, acknowledged }: Regular): Promise<string[]> {
  const found = new Set<string>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = `?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const { body }: Reply = await device.send('GET', paths.posts + query)
    for (const { title } of body.posts) found.add(title)
    cursor = body.nextCursor
  }
  const { id } = server.strategy
  const posts = acknowledged.titles.filter((it) => !found.has(it)).map((it) => `${id} post ${it}`)
  const logins = []
  for (const newcomer of acknowledged.devices) {
    const { status } = await newcomer.renew()
    if (status !== 200) logins.push(`${id} login: ${status}`)
  }
  return [...posts, ...logins]
}

async function isReady({ server, device }: Regular): Promise<Answer> {
  return timed(`${server.strategy.id} ready`, async () => device.sendBare('GET', paths.ready))
}

/** For each server: when it registers, reads and identifies again, and what if it does not, or not for long. */
async function comeBack(
  regulars: readonly Regular[],
): Promise<{ ms?: number; failure?: string }[]> {
  return Promise.all(
    regulars.map(async (regular) => {
      const { id } = regular.server.strategy
      try {
        const ms = await until(`${id} is back`, async () => works(regular), BACK_WITHIN_MS)
        const rounds = []
        for (let round = 0; round < 5; round += 1) rounds.push(await works(regular))
        return rounds.every(Boolean) ? { ms } : { ms, failure: `${id} does not stay` }
      } catch (error) {
        return { failure: (error as Error).message }
      }
    }),
  )
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
    if (answer.status !== 200 && answer.status !== 201) return notRefused(answer) ?? []
    const isOwn = answer.body.post || emails.has(answer.body.email ?? answer.body.user?.email)
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
