import { paths } from '@session-vs-jwt/http-kit'
import type { ServerKind } from '../strategy.js'
import { type Exchange, exchange } from './http-exchange.js'

/** Who registers. */
export interface Registration {
  readonly nickname: string
  readonly email: string
  readonly password: string
}

/** What a request carries to say who sends it: what opens private routes, what renews, nothing. */
export type CredentialUse = 'access' | 'refresh' | 'none'

export interface ContractRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** `access` by default. */
  readonly use?: CredentialUse
}

/**
 * A client of the contract that keeps the credential it is given and sends it along. How it carries
 * it is all that differs between the two servers.
 */
export abstract class ContractClient {
  abstract readonly server: ServerKind
  readonly baseUrl: string

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl.replace(/\/+$/, '')
  }

  /** Another client that holds the same credential: a copy that somebody made, or that was kept. */
  abstract copy(): ContractClient

  /** Whether it holds what `use` asks for. */
  abstract holds(use: CredentialUse): boolean

  protected abstract credential(use: CredentialUse): Readonly<Record<string, string>>

  /** Keeps what an answer gives. */
  protected abstract keep(answer: Exchange): void

  async send(request: ContractRequest): Promise<Exchange> {
    const { method, path, json, headers, use = 'access' } = request
    const answer = await exchange({
      method,
      url: this.baseUrl + path,
      headers: {
        'user-agent': 'session-vs-jwt-workbench',
        accept: 'application/json',
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...this.credential(use),
        ...headers,
      },
      body: json === undefined ? undefined : JSON.stringify(json),
    })
    this.keep(answer)
    return answer
  }

  async register(registration: Registration): Promise<Exchange> {
    return this.send({ method: 'POST', path: paths.register, json: registration, use: 'none' })
  }

  async login({ email, password }: Omit<Registration, 'nickname'>): Promise<Exchange> {
    const basic = Buffer.from(`${email}:${password}`).toString('base64')
    const headers = { authorization: `Basic ${basic}` }
    return this.send({ method: 'POST', path: paths.login, headers, use: 'none' })
  }

  async whoami(): Promise<Exchange> {
    return this.send({ method: 'GET', path: paths.whoami })
  }

  async renewAccess(): Promise<Exchange> {
    return this.send({ method: 'POST', path: paths.renewAccess, use: 'refresh' })
  }

  async rotateRefresh(): Promise<Exchange> {
    return this.send({ method: 'POST', path: paths.rotateRefresh, use: 'refresh' })
  }

  async logout(): Promise<Exchange> {
    return this.send({ method: 'POST', path: paths.logout })
  }
}
