import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-contract'
import type { Registration, Strategy } from '@session-vs-jwt/workbench'
import { Device, loggedIn, newAccount, type Reply, registered } from '../device.js'
import { type Answer, timed } from './load.js'
import type { FaultServer } from './stack.js'

export type Store = 'redis' | 'postgres'

/** Stores of which a request reads, and those to which it writes. */
interface Needs {
  readonly reads?: readonly Store[]
  readonly writes?: readonly Store[]
  /** It takes away before it adds: a Redis that is full lets it. */
  readonly frees?: boolean
}

/** A request, the stores without which it cannot be answered, and the way to see whether it was done. */
export interface Probe extends Required<Needs> {
  readonly name: string
  readonly server: FaultServer
  readonly send: () => Promise<Answer>
  /** For one that was refused: what is left of it all the same, or came later. */
  readonly trace?: () => Promise<string | undefined>
}

/** What a strategy reads to know who sends a request, and where its logins are. */
function storesOf({ env }: Strategy): { identity: readonly Store[]; logins: readonly Store[] } {
  const place = env['SESSION_STORE'] ?? env['REFRESH_STORE'] ?? 'none'
  const logins: readonly Store[] = place === 'redis' || place === 'postgres' ? [place] : []
  if (env['SESSION_STORE'] !== undefined) return { identity: logins, logins }
  if (env['REVOCATION'] === 'user-lookup') return { identity: ['postgres'], logins }
  const asksLogins = ['denylist', 'valid-after'].includes(env['REVOCATION'] ?? '')
  return { identity: asksLogins ? logins : [], logins }
}

/** Every kind of request, each from a device of its own, so that none is in the way of another. */
export async function makeProbes(server: FaultServer, away: Store): Promise<Probe[]> {
  const { strategy } = server
  const { identity, logins } = storesOf(strategy)
  const { device, account } = await registered(server)
  const [ending, renewing, rotating, leaving] = await Promise.all([
    loggedIn(server, account),
    loggedIn(server, account),
    loggedIn(server, account),
    loggedIn(server, account),
  ])
  const other = await registered(server)
  const third = await registered(server)
  const newcomers: Registration[] = []
  const nickname = `renamed ${account.nickname}`
  const { post } = (await device.send('POST', paths.posts, { title: 'kept', body: 'x' })).body
  const postPath = `${paths.posts}/${post.id}`
  const endingId = (await ending.devices()).body.devices?.find(
    (it: Reply['body']) => it.current,
  )?.id
  // Where ended logins are put on a denylist first, ending one takes room.
  const revocation = strategy.env['REVOCATION']
  const endingFrees = revocation !== 'denylist'
  // A logout everywhere also stores the new generation.
  const endingAllFrees = endingFrees && revocation !== 'valid-after'
  const endingPath = `${paths.devices}/${endingId}`

  const probe = (
    name: string,
    { reads = [], writes = [], frees = false }: Needs,
    send: () => Promise<Reply>,
    trace?: () => Promise<string | undefined>,
  ): Probe => ({
    name: `${server.label}: ${name}`,
    server,
    reads,
    writes,
    frees,
    send: async () => timed(`${server.label}: ${name}`, send),
    ...(trace && { trace }),
  })

  /** How many devices the user has, where the server knows. */
  const deviceCount = async (of: Device): Promise<number> =>
    (await settled(of.devices)).body.devices?.length ?? 0
  const devicesBefore = await deviceCount(device)

  return [
    // Those that write at once come first: while PostgreSQL sleeps, they find a connection to write on.
    probe(
      'register',
      { writes: ['postgres', ...logins] },
      async () => {
        newcomers.push(newAccount())
        return new Device(server).register(newcomers.at(-1) as Registration)
      },
      async () => {
        const again = newcomers.map(async (it) =>
          settled(async () => new Device(server).register(it)),
        )
        const there = (await Promise.all(again)).filter(({ status }) => status !== 201)
        return there.length === 0 ? undefined : `the account is there: ${there[0]?.body.code}`
      },
    ),
    probe(
      'new post',
      { reads: identity, writes: ['postgres'] },
      async () => device.send('POST', paths.posts, { title: 'late', body: 'x' }),
      async () => {
        const { posts } = (await settled(async () => device.send('GET', paths.posts))).body
        const late = posts.filter((it: { title: string }) => it.title === 'late')
        return late.length === 0 ? undefined : `${late.length} posts`
      },
    ),
    probe(
      'post deleted',
      { reads: identity, writes: ['postgres'] },
      async () => device.send('DELETE', postPath),
      async () => {
        const { status } = await settled(async () => device.send('GET', postPath))
        return status === 200 ? undefined : `the post is gone: ${status}`
      },
    ),
    probe(
      'new nickname',
      { reads: identity, writes: ['postgres'] },
      async () => device.send('PATCH', paths.me, { nickname }),
      async () => {
        const { user } = (await settled(async () => device.send('GET', paths.me))).body
        return user.nickname === account.nickname ? undefined : `renamed: ${user.nickname}`
      },
    ),
    probe(
      'logout',
      { writes: logins, frees: endingFrees },
      async () => leaving.copy().logout(),
      async () => {
        const { status } = await settled(leaving.renew)
        return status === 200 ? undefined : `the device is logged out: ${status}`
      },
    ),
    probe('rotate', { writes: logins, frees: true }, rotating.rotate, async () => {
      const { status } = await settled(rotating.rotate)
      return status === 200 ? undefined : `the credential is spent: ${status}`
    }),
    probe(
      'new password',
      { reads: identity, writes: ['redis', 'postgres', ...logins] },
      async () => {
        const change = { password: 'another pass:word', currentPassword: other.account.password }
        return other.device.send('PATCH', paths.me, change)
      },
      async () => {
        const { status } = await settled(async () => new Device(server).login(other.account))
        return status === 200 ? undefined : `the old password is not valid: ${status}`
      },
    ),
    probe('live', {}, async () => device.sendBare('GET', paths.live)),
    probe('whoami', { reads: identity }, device.whoami),
    probe('users/me', { reads: [...identity, 'postgres'] }, async () =>
      device.send('GET', paths.me),
    ),
    probe(
      'renew',
      // It moves a deadline, or spends a refresh token as a rotation does.
      { writes: logins, frees: strategy.server === 'jwt' },
      renewing.renew,
      async () => {
        const { status } = await settled(renewing.renew)
        return status === 200 ? undefined : `the credential is spent: ${status}`
      },
    ),
    probe(
      'login',
      { reads: ['postgres'], writes: ['redis', ...logins] },
      async () => new Device(server).login(account),
      async () => {
        const count = await deviceCount(device)
        return count <= devicesBefore ? undefined : `${count - devicesBefore} devices more`
      },
    ),
    // They would take the connections to PostgreSQL that others need to write on.
    ...(away === 'redis'
      ? [
          probe(
            'ten logins',
            { reads: ['postgres'], writes: ['redis', ...logins] },
            async () => {
              const tries = Array.from({ length: 10 }, async () =>
                new Device(server).login(other.account),
              )
              return (await Promise.all(tries))[0] as Reply
            },
            async () => {
              const { status } = await settled(async () => new Device(server).login(other.account))
              return status === 200 ? undefined : `they count as failed: ${status}`
            },
          ),
        ]
      : []),
    ...(strategy.promises.devices
      ? [
          probe('devices', { reads: [...identity, ...logins] }, device.devices),
          probe(
            'device ended',
            { reads: identity, writes: logins, frees: endingFrees },
            async () => device.send('DELETE', endingPath),
            async () => {
              const { status } = await settled(ending.renew)
              return status === 200 ? undefined : `the device is logged out: ${status}`
            },
          ),
          probe(
            'logout/all',
            { reads: identity, writes: logins, frees: endingAllFrees },
            async () => third.device.copy().logoutAll(),
            async () => {
              const { status } = await settled(third.device.renew)
              return status === 200 ? undefined : `the devices are logged out: ${status}`
            },
          ),
        ]
      : []),
  ]
}

/**
 * The strategies of a server at once, and after them those on another store than usual: all would be too much
 * for a small machine to time.
 */
export async function sendInParts(probes: readonly Probe[]): Promise<Answer[]> {
  const parts = new Map<string, Probe[]>()
  for (const probe of probes) {
    const { label, strategy } = probe.server
    const part = label === strategy.id ? strategy.server : 'on another store'
    parts.set(part, [...(parts.get(part) ?? []), probe])
  }
  const answers = []
  for (const part of parts.values()) {
    answers.push(...(await Promise.all(part.map((it) => it.send()))))
  }
  return answers
}

/** What is left of requests that were refused. */
export async function tracesOf(refused: readonly Probe[]): Promise<string[]> {
  const found = await Promise.all(
    refused.map(async ({ name, trace }) => {
      const left = await trace?.()
      return left === undefined ? [] : [`${name}: ${left}`]
    }),
  )
  return found.flat()
}

/** What the store knows: a busy machine may refuse once more, which tells nothing. */
async function settled(ask: () => Promise<Reply>): Promise<Reply> {
  for (let tries = 0; tries < 20; tries += 1) {
    const reply = await ask()
    if (reply.status !== 503) return reply
    await sleep(100)
  }
  throw new Error('the store does not come back')
}
