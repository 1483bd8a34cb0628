import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import Koa, { type Middleware } from 'koa'
import { describe, expect, test, vi } from 'vitest'
import { crossOrigin, noStore, sameOrigin, securityHeaders } from '../src/browser-headers.js'

const OWN = 'http://localhost:3001'
const ALLOWED = 'http://localhost:3000'
const FOREIGN = 'https://evil.example'

async function pass(
  middleware: Middleware,
  method: string,
  headers: Readonly<Record<string, string>> = {},
) {
  const request = new IncomingMessage(new Socket())
  Object.assign(request, { url: '/', method, headers: { host: 'localhost:3001', ...headers } })
  const ctx = new Koa().createContext(request, new ServerResponse(request))
  const next = vi.fn(async () => undefined)
  const error = await Promise.resolve()
    .then(() => middleware(ctx, next))
    .then(
      () => undefined,
      (it: unknown) => it,
    )
  return { error, passed: next.mock.calls.length === 1, headers: ctx.response.headers }
}

const fetchedFrom = (site: string | undefined, origin: string | undefined) => ({
  ...(site !== undefined && { 'sec-fetch-site': site }),
  ...(origin !== undefined && { origin }),
})

describe('an unsafe request with a cookie (OWASP CSRF Prevention)', () => {
  test.each([
    ['same-origin', OWN, true],
    ['same-origin', undefined, true],
    ['none', undefined, true],
    ['same-site', ALLOWED, true],
    ['same-site', FOREIGN, false],
    ['same-site', undefined, false],
    ['cross-site', ALLOWED, true],
    ['cross-site', FOREIGN, false],
    ['cross-site', 'null', false],
    ['cross-site', undefined, false],
    ['cross-site', OWN, false],
    ['unheard-of', undefined, false],
    [undefined, OWN, true],
    [undefined, ALLOWED, true],
    [undefined, FOREIGN, false],
    [undefined, 'null', false],
    [undefined, `${OWN}.evil.example`, false],
    [undefined, 'http://localhost:30010', false],
    [undefined, 'https://localhost:3001', false],
    [undefined, undefined, true],
  ])('with Sec-Fetch-Site %s and Origin %s passes: %s', async (site, origin, passes) => {
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
      const result = await pass(sameOrigin([ALLOWED], false), method, fetchedFrom(site, origin))
      expect(result.passed).toBe(passes)
      if (!passes) expect(result.error).toMatchObject({ code: 'forbidden_origin', status: 403 })
    }
  })

  test('is compared with the origin that browsers see, which a proxy may serve over https', async () => {
    const https = sameOrigin([], true)
    const own = fetchedFrom(undefined, 'https://localhost:3001')
    expect((await pass(https, 'POST', own)).passed).toBe(true)
    expect((await pass(https, 'POST', fetchedFrom(undefined, OWN))).passed).toBe(false)
  })

  test.each([
    [true, 'app.example:443', 'https://app.example', true],
    [true, 'APP.example', 'https://app.example', true],
    [true, 'App.Example:443', 'https://app.example', true],
    [true, 'app.example', 'https://app.example:443', true],
    [true, 'app.example', 'HTTPS://App.Example', true],
    [true, 'app.example:8443', 'https://app.example:8443', true],
    [false, 'app.example:80', 'http://app.example', true],
    [false, '[::1]:80', 'http://[::1]', true],
    [true, 'app.example:80', 'https://app.example', false],
    [false, 'app.example:443', 'http://app.example', false],
    [true, 'app.example:443', 'http://app.example', false],
    [true, 'app.example', 'https://app.example.', false],
    [true, 'app.example', 'https://app.example:8443', false],
    [true, 'app.example', 'https://user@app.example', false],
    [true, 'app.example', 'https://app.example/', false],
    [true, 'not a host', 'https://app.example', false],
    [true, 'not a host', 'not an origin', false],
    [true, 'not a host', 'null', false],
  ])('over https: %s, to the host %s from %s, passes: %s', async (https, host, origin, passes) => {
    const result = await pass(sameOrigin([], https), 'POST', { host, origin })
    expect(result.passed).toBe(passes)
  })

  test.each(['HTTP://LocalHost:3000', 'http://localhost:3000'])(
    'passes from an allowed origin, written as %s',
    async (origin) => {
      const result = await pass(sameOrigin([ALLOWED], false), 'POST', { origin })
      expect(result.passed).toBe(true)
    },
  )

  test('is refused from everywhere else when nothing is allowed', async () => {
    const result = await pass(sameOrigin([], false), 'POST', fetchedFrom('cross-site', ALLOWED))
    expect(result.passed).toBe(false)
  })

  test.each(['GET', 'HEAD', 'OPTIONS'])('is not one with %s: it passes', async (method) => {
    const result = await pass(sameOrigin([], false), method, fetchedFrom('cross-site', FOREIGN))
    expect(result.passed).toBe(true)
  })
})

describe('a page of another origin (CORS)', () => {
  test('may read answers where it is allowed, credentials included', async () => {
    const { headers } = await pass(crossOrigin([ALLOWED]), 'GET', { origin: ALLOWED })
    expect(headers['access-control-allow-origin']).toBe(ALLOWED)
    expect(headers['access-control-allow-credentials']).toBe('true')
    expect(headers['access-control-expose-headers']).toContain('Retry-After')
  })

  test('is given back its origin exactly as it was sent, which its browser compares', async () => {
    const origin = 'HTTP://LocalHost:3000'
    const { headers } = await pass(crossOrigin([ALLOWED]), 'GET', { origin })
    expect(headers['access-control-allow-origin']).toBe(origin)
  })

  test.each([
    FOREIGN,
    `${ALLOWED}/`,
    'http://user@localhost:3000',
    'null',
    `${ALLOWED}.evil.example`,
    '*',
  ])('may not from %s', async (origin) => {
    const { headers } = await pass(crossOrigin([ALLOWED]), 'GET', { origin })
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(headers['access-control-allow-credentials']).toBeUndefined()
  })
})

test('who comes from no page is told that one who does could get another answer (Fetch, CORS)', async () => {
  for (const headers of [{}, { origin: ALLOWED }, { origin: FOREIGN }]) {
    const answer = await pass(crossOrigin([ALLOWED]), 'GET', headers)
    expect(answer.passed).toBe(true)
    expect(answer.headers['vary']).toBe('Origin')
  }
})

describe('the headers of every answer (OWASP REST Security)', () => {
  test('let nothing be loaded, framed or sniffed', async () => {
    const { headers, passed } = await pass(securityHeaders(false), 'GET')
    expect(passed).toBe(true)
    expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'")
    expect(headers['x-frame-options']).toBe('DENY')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['x-powered-by']).toBeUndefined()
  })

  test('promise https only where it is there (RFC 6797, section 7.2)', async () => {
    const plain = await pass(securityHeaders(false), 'GET')
    expect(plain.headers['strict-transport-security']).toBeUndefined()
    const secure = await pass(securityHeaders(true), 'GET')
    expect(secure.headers['strict-transport-security']).toMatch(/^max-age=\d{7,}/)
  })

  test('keep it out of every cache (RFC 9111, section 5.2.2.5)', async () => {
    const { headers, passed } = await pass(noStore, 'GET')
    expect(passed).toBe(true)
    expect(headers['cache-control']).toBe('no-store')
  })
})
