import { paths } from '@session-vs-jwt/http-kit'
import { expect } from 'vitest'
import { Device, newAccount, registered } from '../device.js'
import { type Answer, Load, timed, until } from './load.js'
import { makeProbes, type Probe, type Store } from './probes.js'
import type { FaultServer, Stack } from './stack.js'

/** The promises: refused within a second, back within two seconds of the store's return. */
export const REFUSED_WITHIN_MS = 1_000
export const BACK_WITHIN_MS = 2_000
/** What asks no broken store does not notice; a busy machine is allowed for. */
const UNDISTURBED_MS = 400

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
export function notServed(answer: Answer, withinMs = UNDISTURBED_MS): string | undefined {
  if (answer.status >= 200 && answer.status < 300 && answer.ms <= withinMs) return undefined
  return `${answer.name}: status ${answer.status} ${answer.code ?? ''}, ${Math.round(answer.ms)} ms`
}

/** Somebody at each server, whose requests go on all the time. */
interface Regular {
  readonly server: FaultServer
  readonly device: Device
  readonly email: string
}

/** The break of a store, and its return. */
export interface Fault {
  readonly strike: () => void | Promise<void>
  readonly repair: () => void | Promise<void>
}

/**
 * One outage under load: what needs the store is refused and leaves no trace, what does not need it goes
 * on, and with the store everything is back.
 */
export async function goThroughOutage(stack: Stack, store: Store, fault: Fault): Promise<void> {
  const probes = (await Promise.all(stack.servers.map(makeProbes))).flat()
  const regulars = await Promise.all(stack.servers.map(newRegular))
  const load = new Load(regulars.flatMap(regularRequests))
  const isRefused = ({ needs }: Probe): boolean => needs.has(store)
  const refused = probes.filter(isRefused)

  try {
    await fault.strike()
    await expectNoneWrong(refused, notRefused)
    await expectNoneWrong(
      probes.filter((it) => !isRefused(it)),
      notServed,
    )
    await expectReadiness(stack, 503)
  } finally {
    await fault.repair()
  }
  await expectBack(regulars)
  expect(await tracesOf(refused)).toEqual([])
  await expectUnharmed(stack, await load.stop(), regulars)
}

/** The store goes and comes again at once, as in an update: nobody gets anything but an answer or 503. */
export async function goThroughRestart(stack: Stack, restart: () => Promise<void>): Promise<void> {
  const regulars = await Promise.all(stack.servers.map(newRegular))
  const load = new Load(regulars.flatMap(regularRequests))
  await restart()
  await expectBack(regulars)
  await expectUnharmed(stack, await load.stop(), regulars)
}

/** Sends all of them twice: on connections that break, and when they are known to be broken. */
async function expectNoneWrong(
  probes: readonly Probe[],
  wrong: (answer: Answer) => string | undefined,
): Promise<void> {
  const isRepeatable = ({ name }: Probe): boolean => !name.includes('logout')
  const first = await Promise.all(probes.map((it) => it.send()))
  const again = wrong === notRefused ? probes : probes.filter(isRepeatable)
  const second = await Promise.all(again.map((it) => it.send()))
  const lines = [...first, ...second].map((it) => wrong(it)).filter((it) => it !== undefined)
  expect(lines).toEqual([])
}

async function tracesOf(refused: readonly Probe[]): Promise<string[]> {
  const found = await Promise.all(
    refused.map(async ({ name, expectUndone }) => {
      const trace = await expectUndone?.()
      return trace === undefined ? [] : [`${name}: ${trace}`]
    }),
  )
  return found.flat()
}

async function newRegular(server: FaultServer): Promise<Regular> {
  const { device, account } = await registered(server)
  return { server, device, email: account.email }
}

function regularRequests({ server, device }: Regular): (() => Promise<Answer>)[] {
  const { id } = server.strategy
  return [
    async () => timed(`${id} whoami`, device.whoami),
    async () => timed(`${id} users/me`, async () => device.send('GET', paths.me)),
  ]
}

/** Every server registers, reads and writes again soon after the store has returned; and goes on to. */
async function expectBack(regulars: readonly Regular[]): Promise<void> {
  const works = async ({ server, device }: Regular): Promise<boolean> => {
    const answers = await Promise.all([
      timed('whoami', device.whoami),
      timed('users/me', async () => device.send('GET', paths.me)),
      timed('register', async () => new Device(server).register(newAccount())),
      timed('ready', async () => device.sendBare('GET', paths.ready)),
    ])
    return server.exit() === undefined && answers.every(({ status }) => status < 300 && status > 0)
  }
  const back = await Promise.all(
    regulars.map(async (it) => until(it.server.strategy.id, async () => works(it), BACK_WITHIN_MS)),
  )
  if (process.env['FIGURES']) console.log('back after', back.map(Math.round))
  for (let round = 0; round < 5; round += 1) {
    const stays = await Promise.all(regulars.map(works))
    expect(stays).toEqual(regulars.map(() => true))
  }
}

async function expectReadiness(stack: Stack, status: number): Promise<void> {
  const answers = await Promise.all(
    stack.servers.map(async (it) => {
      const answer = await timed(it.strategy.id, async () => {
        const { status: found, headers } = await fetchPath(it, paths.ready)
        return { status: found, headers, body: undefined }
      })
      return answer.ms <= REFUSED_WITHIN_MS ? answer.status : `${Math.round(answer.ms)} ms`
    }),
  )
  expect(answers).toEqual(stack.servers.map(() => status))
}

async function fetchPath(
  { url }: FaultServer,
  path: string,
): Promise<{ status: number; headers: {} }> {
  const { status } = await fetch(url + path)
  return { status, headers: {} }
}

/** Each answer of the load was right or a refusal, no process died, and no log tells a secret. */
async function expectUnharmed(
  stack: Stack,
  answers: readonly Answer[],
  regulars: readonly Regular[],
): Promise<void> {
  const emails = new Set(regulars.map(({ email }) => email))
  const wrong = answers.flatMap((it) => {
    if (it.status !== 200) return notRefused(it) ?? []
    const email = it.body.email ?? it.body.user?.email
    return emails.has(email) && it.ms <= REFUSED_WITHIN_MS ? [] : [`${it.name}: ${email}, ${it.ms}`]
  })
  if (process.env['FIGURES']) {
    const r = answers.filter((a) => a.status === 503).map((a) => a.ms)
    console.log(
      'load',
      answers.length,
      'refused',
      r.length,
      'slowest refusal',
      Math.round(Math.max(...r)),
    )
  }
  expect(wrong).toEqual([])
  expect(stack.servers.map(({ exit }) => exit())).toEqual(stack.servers.map(() => undefined))
  const secrets = regulars.flatMap(({ device }) => [
    device.access,
    device.client.server === 'jwt' ? device.refresh : 'pa:ss',
  ])
  for (const server of stack.servers) {
    const log = await server.log()
    expect(secrets.filter((it) => log.includes(it.replace(/^sid=/, '')))).toEqual([])
    expect(log).not.toContain('unexpected error')
  }
}
