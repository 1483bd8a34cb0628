import { type ClientOptions, ContractClient, type CredentialUse } from './contract-client.js'
import { type Exchange, jsonOf } from './http-exchange.js'

export interface Tokens {
  readonly accessToken?: string
  readonly refreshToken?: string
}

/** Carries tokens, each where it belongs: the access token by default, the refresh token to renew. */
export class BearerClient extends ContractClient {
  readonly server = 'jwt'
  #tokens: Tokens

  constructor(baseUrl: string, tokens: Tokens = {}, options: ClientOptions = {}) {
    super(baseUrl, options)
    this.#tokens = tokens
  }

  get tokens(): Tokens {
    return this.#tokens
  }

  override copy(baseUrl: string = this.baseUrl): BearerClient {
    return new BearerClient(baseUrl, this.#tokens, this.options)
  }

  override without(): BearerClient {
    return new BearerClient(this.baseUrl, {}, this.options)
  }

  override holds(use: CredentialUse): boolean {
    return use === 'none' || this.#tokenFor(use) !== undefined
  }

  protected override credential(use: CredentialUse): Readonly<Record<string, string>> {
    const token = use === 'none' ? undefined : this.#tokenFor(use)
    return token === undefined ? {} : { authorization: `Bearer ${token}` }
  }

  protected override keep(answer: Exchange): void {
    if (answer.status >= 300) return
    const { accessToken, refreshToken } = (jsonOf(answer) ?? {}) as Record<string, unknown>
    this.#tokens = {
      ...this.#tokens,
      ...(typeof accessToken === 'string' && { accessToken }),
      ...(typeof refreshToken === 'string' && { refreshToken }),
    }
  }

  #tokenFor(use: 'access' | 'refresh'): string | undefined {
    return use === 'access' ? this.#tokens.accessToken : this.#tokens.refreshToken
  }
}
