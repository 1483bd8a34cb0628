import type { IncomingMessage, ServerResponse } from 'node:http'
import Cookies from 'cookies'
import type Keygrip from 'keygrip'
import type Koa from 'koa'
import type { SessionContext, SessionPorts } from '../ports.js'

/** What every cookie of this server has. */
export interface CookieAttributes {
  readonly httpOnly: true
  readonly sameSite: 'lax'
  readonly secure: boolean
  readonly overwrite: true
}

/**
 * The cookies of a request, stricter than the library in two points. First, a name that comes twice counts as
 * missing: a neighbouring subdomain, or a page on plain http, can set a second cookie of that name, and
 * browsers may send it first (RFC 6265, section 8.6). Second, every cookie gets the attributes: after a change of
 * keys, the library signs again and would send the new signature without `SameSite`.
 */
class SessionCookies extends Cookies {
  readonly #header: string | undefined
  readonly #attributes: CookieAttributes

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    attributes: CookieAttributes,
    keys: Keygrip | undefined,
  ) {
    super(request, response, { keys, secure: attributes.secure })
    this.#header = request.headers.cookie
    this.#attributes = attributes
  }

  override get(name: string, options?: Cookies.GetOption): string | undefined {
    return timesSent(this.#header, name) > 1 ? undefined : super.get(name, options)
  }

  override set(name: string, value?: string | null, options?: Cookies.SetOption): this {
    return super.set(name, value, { ...this.#attributes, ...options })
  }
}

/** Makes `ctx.cookies` of every request an instance of {@link SessionCookies}. */
export function useStrictCookies(
  app: Koa<object, { ports: SessionPorts }>,
  attributes: CookieAttributes,
): void {
  Object.defineProperty(app.context, 'cookies', {
    get(this: SessionContext & { [MADE]?: SessionCookies }): SessionCookies {
      this[MADE] ??= new SessionCookies(this.req, this.res, attributes, this.ports.cookieKeys)
      return this[MADE]
    },
  })
}

const MADE = Symbol('cookies')

/**
 * How many pairs of a `Cookie` header have this name. A pair without `=` has an empty name (RFC 6265bis,
 * section 5.7), so it never counts. The match is exact because the library reads names exactly, too.
 */
export function timesSent(header: string | undefined, name: string): number {
  const pairs = header?.split(';') ?? []
  return pairs.filter((pair) => pair.replace(/^ +/, '').startsWith(`${name}=`)).length
}
