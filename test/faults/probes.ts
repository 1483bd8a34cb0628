import { paths } from '@session-vs-jwt/http-kit'
import type { Registration, Strategy } from '@session-vs-jwt/workbench'
import { Device, loggedIn, newAccount, registered } from '../device.js'
import { type Answer, timed } from './load.js'
import type { FaultServer } from './stack.js'

export type Store = 'redis' | 'postgres'

/** A request, the stores without which it cannot be answered, and the way to see whether it was done. */
export interface Probe {
  readonly name: string
  readonly needs: ReadonlySet<Store>
  readonly send: () => Promise<Answer>
  /** For one that was refused: shows that nothing of it happened, or came later. */
  readonly expectUndone?: () => Promise<string | undefined>
}

/** What a strategy reads to know who sends a request, and where its logins are. */
function storesOf({ env }: Strategy): { identity: readonly Store[]; logins: readonly Store[] } {
  const place = env['SESSION_STORE'] ?? env['REFRESH_STORE'] ?? 'none'
  const logins: readonly Store[] = place === 'redis' || place === 'postgres' ? [place] : []
  if (env['SESSION_STORE'] !== undefined) return { identity: logins, logins }
  if (env['REVOCATION'] === 'user-lookup') return { identity: ['postgres'], logins }
  return { identity: env['REVOCATION'] === 'denylist' ? logins : [], logins }
}

/** Every kind of request, each from a device of its own, so that none is in the way of another. */
export async function makeProbes(server: FaultServer): Promise<Probe[]> {
  const { strategy } = server
  const { identity, logins } = storesOf(strategy)
  const { device, account } = await registered(server)
  const [renewing, rotating, leaving] = await Promise.all([
    loggedIn(server, account),
    loggedIn(server, account),
    loggedIn(server, account),
  ])
  const other = await registered(server)
  const left = leaving.copy()
  const newcomers: Registration[] = []
  const nickname = `renamed ${account.nickname}`
  const post = { title: 'written while a store was down', body: 'x' }

  const probe = (
    name: string,
    needs: readonly Store[],
    send: () => ReturnType<Device['whoami']>,
    expectUndone?: () => Promise<string | undefined>,
  ): Probe => ({
    name: `${strategy.id} ${name}`,
    needs: new Set(needs),
    send: async () => timed(`${strategy.id} ${name}`, send),
    ...(expectUndone && { expectUndone }),
  })

  /** How many devices the user has, where the server knows. */
  const deviceCount = async (of: Device): Promise<number> =>
    (await of.devices()).body.devices?.length ?? 0
  const devicesBefore = await deviceCount(device)

  return [
    probe('live', [], async () => device.sendBare('GET', paths.live)),
    probe('whoami', identity, device.whoami),
    probe('users/me', [...identity, 'postgres'], async () => device.send('GET', paths.me)),
    probe('renew', logins, renewing.renew),
    probe('rotate', logins, rotating.rotate, async () => {
      const { status } = await rotating.rotate()
      return status === 200 ? undefined : `the credential was spent: ${status}`
    }),
    probe('logout', logins, leaving.logout, async () => {
      const { status } = await left.renew()
      return status === 200 ? undefined : `the device was logged out: ${status}`
    }),
    probe(
      'login',
      ['redis', 'postgres', ...logins],
      async () => new Device(server).login(account),
      async () => {
        const count = await deviceCount(device)
        return count <= devicesBefore ? undefined : `${count - devicesBefore} devices more`
      },
    ),
    probe(
      'register',
      ['postgres', ...logins],
      async () => {
        newcomers.push(newAccount())
        return new Device(server).register(newcomers.at(-1) as Registration)
      },
      async () => {
        const again = newcomers.map(async (it) => new Device(server).register(it))
        const there = (await Promise.all(again)).filter(({ status }) => status !== 201)
        return there.length === 0 ? undefined : `the account was there: ${there[0]?.body.code}`
      },
    ),
    probe(
      'new post',
      [...identity, 'postgres'],
      async () => device.send('POST', paths.posts, post),
      async () => {
        const { posts } = (await device.send('GET', paths.posts)).body
        return posts.length === 0 ? undefined : `${posts.length} posts`
      },
    ),
    probe(
      'new nickname',
      [...identity, 'postgres'],
      async () => device.send('PATCH', paths.me, { nickname }),
      async () => {
        const { user } = (await device.send('GET', paths.me)).body
        return user.nickname === account.nickname ? undefined : `renamed: ${user.nickname}`
      },
    ),
    ...(strategy.promises.devices
      ? [
          probe('devices', [...identity, ...logins], device.devices),
          probe('logout/all', [...identity, ...logins], other.device.logoutAll, async () => {
            const { status } = await other.device.renew()
            return status === 200 ? undefined : `the devices were logged out: ${status}`
          }),
        ]
      : []),
  ]
}
