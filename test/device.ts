import { randomBytes } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-kit'
import {
  BearerClient,
  type ContractClient,
  CookieClient,
  type Exchange,
  jsonOf,
  type Registration,
  type ServerKind,
} from '@session-vs-jwt/workbench'

/** A JSON answer: what is in it is what the tests assert. */
type Json = ReturnType<typeof JSON.parse>

export interface Reply {
  readonly status: number
  readonly headers: Exchange['headers']
  readonly body: Json
}

/** An account that no other test has. Its password has what naive parsers stumble over. */
export function newAccount(): Registration {
  const id = randomBytes(6).toString('hex')
  return { nickname: `ann-${id}`, email: `ann-${id}@example.org`, password: `pa:ss ünïcode:${id}` }
}

/** Where a device talks to, and what it carries there. */
export interface Target {
  readonly url: string
  readonly strategy: { readonly server: ServerKind }
}

/** Somebody's browser or app: sends requests and carries the credential it was given. */
export class Device {
  readonly client: ContractClient

  constructor(target: Target | ContractClient) {
    this.client = 'strategy' in target ? clientFor(target) : target
  }

  /** Another device with a copy of what this one carries: a thief, or a second tab. */
  copy(): Device {
    return new Device(this.client.copy())
  }

  /** What this device carries, at another instance of the server. */
  at({ url }: { url: string }): Device {
    const { client } = this
    if (client instanceof CookieClient) return new Device(new CookieClient(url, client.jar.copy()))
    return new Device(new BearerClient(url, (client as BearerClient).tokens))
  }

  /** The `Authorization` or `Cookie` value that it sends. */
  get access(): string {
    const { client } = this
    if (client instanceof CookieClient) return client.jar.header() ?? ''
    return (client as BearerClient).tokens.accessToken ?? ''
  }

  get refresh(): string {
    const { client } = this
    return client instanceof BearerClient ? (client.tokens.refreshToken ?? '') : ''
  }

  async send(method: Method, path: string, json?: unknown, headers = {}): Promise<Reply> {
    return reply(this.client.send({ method, path, json, headers }))
  }

  /** Without a credential. */
  async sendBare(method: Method, path: string, headers = {}, json?: unknown): Promise<Reply> {
    const { baseUrl } = this.client
    return reply(new BearerClient(baseUrl).send({ method, path, json, headers }))
  }

  register = async (account: Registration): Promise<Reply> => reply(this.client.register(account))
  login = async (account: Registration): Promise<Reply> => reply(this.client.login(account))
  whoami = async (): Promise<Reply> => reply(this.client.whoami())
  renew = async (): Promise<Reply> => reply(this.client.renewAccess())
  rotate = async (): Promise<Reply> => reply(this.client.rotateRefresh())
  logout = async (): Promise<Reply> => reply(this.client.logout())
  logoutAll = async (): Promise<Reply> => this.send('POST', paths.logoutAll)
  devices = async (): Promise<Reply> => this.send('GET', paths.devices)
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

function clientFor({ url, strategy }: Target): ContractClient {
  return strategy.server === 'session' ? new CookieClient(url) : new BearerClient(url)
}

async function reply(exchange: Promise<Exchange>): Promise<Reply> {
  const answer = await exchange
  return { status: answer.status, headers: answer.headers, body: jsonOf(answer) ?? answer.body }
}

/** A registered device of a new account. */
export async function registered(
  target: Target,
): Promise<{ device: Device; account: Registration }> {
  const device = new Device(target)
  const account = newAccount()
  const { status, body } = await device.register(account)
  if (status !== 201) throw new Error(`not registered: ${status} ${JSON.stringify(body)}`)
  return { device, account }
}

/** A further device of a known account. */
export async function loggedIn(target: Target, account: Registration): Promise<Device> {
  const device = new Device(target)
  const { status, body } = await device.login(account)
  if (status !== 200) throw new Error(`not logged in: ${status} ${JSON.stringify(body)}`)
  return device
}
