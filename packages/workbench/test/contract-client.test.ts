import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { BearerClient, CookieClient } from '../src/index.js'

const stops: (() => void)[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

async function serverThat(
  answers: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answers)
  stops.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

const ADA = { email: 'ada@example.org', password: 'a:b' }

it('sends cookies with everything, and Basic credentials as they are', async () => {
  const seen: (string | undefined)[][] = []
  const url = await serverThat(({ headers }, response) => {
    seen.push([headers.cookie, headers.authorization])
    response.setHeader('Set-Cookie', `sid=${seen.length}; HttpOnly`).end()
  })
  const client = new CookieClient(`${url}/`)
  expect(client.holds()).toBe(false)
  await client.login(ADA)
  const copy = client.copy()
  await client.whoami()
  await copy.whoami()
  const basic = `Basic ${Buffer.from('ada@example.org:a:b').toString('base64')}`
  expect(seen).toEqual([
    [undefined, basic],
    ['sid=1', undefined],
    ['sid=1', undefined],
  ])
})

it('sends each token where it belongs, and none to log in', async () => {
  const seen: (string | undefined)[] = []
  const url = await serverThat(({ headers }, response) => {
    seen.push(headers.authorization?.replace(/^Basic .*/, 'Basic'))
    const name = seen.length > 2 ? { refreshToken: 'r2' } : { accessToken: 'a', refreshToken: 'r1' }
    response.end(JSON.stringify(name))
  })
  const client = new BearerClient(url)
  await client.login(ADA)
  await client.whoami()
  await client.rotateRefresh()
  await client.renewAccess()
  expect(seen).toEqual(['Basic', 'Bearer a', 'Bearer r1', 'Bearer r2'])
  expect(client.tokens).toEqual({ accessToken: 'a', refreshToken: 'r2' })
})

it('keeps no token of an answer that is an error', async () => {
  const url = await serverThat((_request, response) => {
    response.writeHead(401).end('{"accessToken":"a"}')
  })
  const client = new BearerClient(url)
  await client.login(ADA)
  expect(client.holds('access')).toBe(false)
})
