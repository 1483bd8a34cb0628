/**
 * The cookies of one host, as RFC 6265 has a client keep them: the newest value of each name, and
 * none that has expired. Domain and Path are not looked at; there is one host, and one path, `/`.
 */
export class CookieJar {
  readonly #cookies: Map<string, string>

  constructor(cookies: Iterable<readonly [string, string]> = []) {
    this.#cookies = new Map(cookies)
  }

  /** Takes over what the `Set-Cookie` lines of an answer say. */
  take(lines: readonly string[], now: Date = new Date()): void {
    for (const line of lines) this.#takeLine(line, now)
  }

  /** The `Cookie` header; undefined if there is no cookie. */
  header(): string | undefined {
    if (this.#cookies.size === 0) return undefined
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  has(name: string): boolean {
    return this.#cookies.has(name)
  }

  /** A jar of its own with the same cookies. */
  copy(): CookieJar {
    return new CookieJar(this.#cookies)
  }

  #takeLine(line: string, now: Date): void {
    const [pair = '', ...attributes] = line.split(';')
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim()
    if (equals < 1 || name === '') return
    const value = pair.slice(equals + 1).trim()
    if (value === '' || isExpired(attributes, now)) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

/** `Max-Age` wins over `Expires` (RFC 6265, section 5.3). */
function isExpired(attributes: readonly string[], now: Date): boolean {
  const named = new Map(attributes.map(attribute))
  const maxAge = named.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0
  const expires = Date.parse(named.get('expires') ?? '')
  return expires <= now.getTime()
}

function attribute(text: string): [string, string] {
  const [name = '', ...value] = text.split('=')
  return [name.trim().toLowerCase(), value.join('=').trim()]
}
