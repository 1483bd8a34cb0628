import { paths } from '@session-vs-jwt/http-contract'
import {
  BearerClient,
  type ClientOptions,
  type ContractClient,
  CookieClient,
  type Exchange,
  jsonOf,
  newAccount,
  type Registration,
  type ServerKind,
} from '@session-vs-jwt/workbench'

export { newAccount }

/** A JSON answer: what is in it is what the tests assert. */
type Json = ReturnType<typeof JSON.parse>

export interface Reply {
  readonly status: number
  readonly headers: Exchange['headers']
  readonly body: Json
}

/** A reply, with the exchange that it came from. */
export interface Answer extends Reply {
  readonly exchange: Exchange
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
    this.client = 'strategy' in target ? newClient(target.url, target.strategy.server) : target
  }

  /** Another device with a copy of what this one carries: a thief, or a second tab. */
  copy(): Device {
    return new Device(this.client.copy())
  }

  /** What this device carries, at another instance of the server. */
  at({ url }: { url: string }): Device {
    return new Device(this.client.copy(url))
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

  async send(method: string, path: string, json?: unknown, headers = {}): Promise<Answer> {
    return reply(this.client.send({ method, path, json, headers }))
  }

  /** Without a credential. */
  async sendBare(method: string, path: string, headers = {}, json?: unknown): Promise<Answer> {
    return reply(this.client.without().send({ method, path, json, headers }))
  }

  /** A body as it is, with the headers that belong to it. */
  async sendBody(method: string, path: string, body?: string, headers = {}): Promise<Answer> {
    return reply(this.client.send({ method, path, body, headers }))
  }

  register = async (account: Registration): Promise<Answer> => reply(this.client.register(account))
  login = async (account: Registration): Promise<Answer> => reply(this.client.login(account))
  whoami = async (): Promise<Answer> => reply(this.client.whoami())
  renew = async (): Promise<Answer> => reply(this.client.renewAccess())
  rotate = async (): Promise<Answer> => reply(this.client.rotateRefresh())
  logout = async (): Promise<Answer> => reply(this.client.logout())
  logoutAll = async (): Promise<Answer> => this.send('POST', paths.logoutAll)
  devices = async (): Promise<Answer> => this.send('GET', paths.devices)
}

/** A client that holds nothing yet. */
export function newClient(
  url: string,
  server: ServerKind,
  options?: ClientOptions,
): ContractClient {
  return server === 'session'
    ? new CookieClient(url, undefined, options)
    : new BearerClient(url, undefined, options)
}

async function reply(exchange: Promise<Exchange>): Promise<Answer> {
  const answer = await exchange
  const { status, headers, body } = answer
  return { status, headers, body: jsonOf(answer) ?? body, exchange: answer }
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
