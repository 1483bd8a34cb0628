import { paths } from '@session-vs-jwt/http-contract'
import type { Registration } from '@session-vs-jwt/workbench'
import { expect } from 'vitest'
import { Device, newAccount, type Reply, registered } from '../device.js'
import { type Answer, timed, until } from './load.js'
import { BACK_WITHIN_MS, notRefused, REFUSED_WITHIN_MS } from './promises.js'
import type { FaultServer, Stack } from './stack.js'

/** Somebody at each server, whose requests go on whatever happens. */
export interface Regular {
  readonly server: FaultServer
  readonly device: Device
  readonly account: Registration
  /** What it wrote and was told that it is written. */
  readonly acknowledged: { readonly titles: string[]; readonly devices: Device[] }
}

export async function newRegular(server: FaultServer): Promise<Regular> {
  const { device, account } = await registered(server)
  return { server, device, account, acknowledged: { titles: [], devices: [] } }
}

export const me = async (device: Device): Promise<Reply> => device.send('GET', paths.me)

/** Requests that read. */
function readsOf({ server, device }: Regular): (() => Promise<Answer>)[] {
  const { label } = server
  return [
    async () => timed(`${label}: whoami`, device.whoami),
    async () => timed(`${label}: users/me`, async () => me(device)),
  ]
}

/** Requests that read, and some that write: a post, a login. */
export function requestsOf(regular: Regular): (() => Promise<Answer>)[] {
  const { server, device, account, acknowledged } = regular
  const { label } = server
  let written = 0
  return [
    ...readsOf(regular),
    async () => {
      const title = `number ${(written += 1)}`
      const post = { title, body: 'x' }
      const answer = await timed(`${label}: post`, async () =>
        device.send('POST', paths.posts, post),
      )
      if (answer.status === 201) acknowledged.titles.push(title)
      return answer
    },
    async () => {
      const newcomer = new Device(server)
      const answer = await timed(`${label}: login`, async () => newcomer.login(account))
      if (answer.status === 200) acknowledged.devices.push(newcomer)
      return answer
    },
  ]
}

export function hasWritten({ acknowledged: { titles, devices } }: Regular): boolean {
  return titles.length > 3 && devices.length > 3
}

/** How many writes it was told of. */
export function acknowledgedBy({ acknowledged: { titles, devices } }: Regular): number {
  return titles.length + devices.length
}

/** What was acknowledged and is not there: posts by their titles, logins that renew nothing. */
export async function lostBy({ server, device, acknowledged }: Regular): Promise<string[]> {
  const found = new Set<string>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = `?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const { body }: Reply = await device.send('GET', paths.posts + query)
    for (const { title } of body.posts) found.add(title)
    cursor = body.nextCursor
  }
  const { label } = server
  const posts = acknowledged.titles
    .filter((it) => !found.has(it))
    .map((it) => `${label}: post ${it}`)
  const logins = []
  for (const newcomer of acknowledged.devices) {
    const { status } = await newcomer.renew()
    if (status !== 200) logins.push(`${label}: login ${status}`)
  }
  return [...posts, ...logins]
}

export async function isReady({ server, device }: Regular): Promise<Answer> {
  return timed(`${server.label}: ready`, async () => device.sendBare('GET', paths.ready))
}

/** When somebody had everything again, and what if not, or not for long. */
export interface Return {
  readonly ms?: number
  readonly failure?: string
}

/**
 * For each server: when it registers, reads and identifies again.
 *
 * @param lateMs by how much the machine has been late until now, which is most while everybody reconnects
 */
export async function comeBack(
  regulars: readonly Regular[],
  lateMs: () => number,
): Promise<Return[]> {
  return Promise.all(
    regulars.map(async (regular) => {
      const { label } = regular.server
      try {
        const ms = await until(
          `${label} is back`,
          async () => works(regular),
          () => BACK_WITHIN_MS + lateMs(),
          30,
        )
        const rounds = []
        for (let round = 0; round < 5; round += 1) rounds.push(await works(regular))
        return rounds.every(Boolean) ? { ms } : { ms, failure: `${label} does not stay` }
      } catch (error) {
        return { failure: (error as Error).message }
      }
    }),
  )
}

async function works(regular: Regular): Promise<boolean> {
  const { server } = regular
  const answers = await Promise.all([
    ...readsOf(regular).map((send) => send()),
    timed('register', async () => new Device(server).register(newAccount())),
    isReady(regular),
  ])
  return answers.every(({ status }) => status >= 200 && status < 300)
}

/** A refusal is as promised; any other answer is the caller's own. */
export function wrongIn(
  load: readonly Answer[],
  regulars: readonly Regular[],
  lateMs = 0,
): string[] {
  const emails = new Set(regulars.map(({ account }) => account.email))
  return load.flatMap((answer) => {
    if (answer.status !== 200 && answer.status !== 201) return notRefused(answer, lateMs) ?? []
    const isOwn = answer.body.post || emails.has(answer.body.email ?? answer.body.user?.email)
    return isOwn && answer.ms <= REFUSED_WITHIN_MS + lateMs
      ? []
      : [`${answer.name}: ${answer.ms} ms`]
  })
}

/** No server died or was surprised, and no log tells a secret. */
export async function expectUnharmed(stack: Stack, regulars: readonly Regular[]): Promise<void> {
  expect(stack.servers.flatMap(({ exit }) => exit() ?? [])).toEqual([])
  for (const { server, device, account } of regulars) {
    const log = await server.log()
    const secrets = [device.access.replace(/^sid=/, ''), account.password]
    expect(secrets.filter((it) => log.includes(it))).toEqual([])
    expect(log).not.toContain('unexpected error')
  }
}
