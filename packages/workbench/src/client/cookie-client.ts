import { type ClientOptions, ContractClient } from './contract-client.js'
import { CookieJar } from './cookie-jar.js'
import type { Exchange } from './http-exchange.js'

/** Carries a cookie, as a browser does: with every request, asked or unasked. */
export class CookieClient extends ContractClient {
  readonly server = 'session'
  readonly jar: CookieJar

  constructor(baseUrl: string, jar: CookieJar = new CookieJar(), options: ClientOptions = {}) {
    super(baseUrl, options)
    this.jar = jar
  }

  override copy(baseUrl: string = this.baseUrl): CookieClient {
    return new CookieClient(baseUrl, this.jar.copy(), this.options)
  }

  override without(): CookieClient {
    return new CookieClient(this.baseUrl, new CookieJar(), this.options)
  }

  override holds(): boolean {
    return this.jar.has('sid') || this.jar.has('__Host-sid')
  }

  protected override credential(): Readonly<Record<string, string>> {
    const cookie = this.jar.header()
    return cookie === undefined ? {} : { cookie }
  }

  protected override keep(answer: Exchange): void {
    this.jar.take(answer.headers['set-cookie'] ?? [])
  }
}
