import { paths } from '@session-vs-jwt/http-contract'
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
  readonly method: string
  readonly path: string
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is, and instead of `json`; its media type is the caller's business. */
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** `access` by default. */
  readonly use?: CredentialUse
}

export interface ClientOptions {
  /** Milliseconds that an answer may take. */
  readonly withinMs?: number | undefined
  /** Is told of every exchange. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined
}

/**
 * A client of the contract that keeps the credential it is given and sends it along. How it carries
 * it is all that differs between the two servers.
 */
export abstract class ContractClient {
  abstract readonly server: ServerKind
  readonly baseUrl: string
  protected readonly options: ClientOptions

  constructor(baseUrl: string, options: ClientOptions = {}) {
    this.baseUrl = baseUrl.replace(/\/+$/, '')
    this.options = options
  }

  /**
   * Another client that holds the same credential, at `baseUrl`: a copy that somebody made, or that
   * was kept.
   */
  abstract copy(baseUrl?: string): ContractClient

  /** Another client that holds nothing. */
  abstract without(): ContractClient

  /** Whether it holds what `use` asks for. */
  abstract holds(use: CredentialUse): boolean

  protected abstract credential(use: CredentialUse): Readonly<Record<string, string>>

  /** Keeps what an answer gives. */
  protected abstract keep(answer: Exchange): void

  /** @throws {NoAnswer} */
  async send(request: ContractRequest): Promise<Exchange> {
    const { method, path, json, headers, use = 'access' } = request
    const body = request.body ?? (json === undefined ? undefined : JSON.stringify(json))
    const answer = await exchange(
      {
        method,
        url: this.baseUrl + path,
        headers: {
          'user-agent': 'session-vs-jwt-workbench',
          accept: 'application/json',
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...this.credential(use),
          ...headers,
        },
        body,
      },
      this.options.withinMs,
    )
    this.keep(answer)
    this.options.onExchange?.(answer)
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
