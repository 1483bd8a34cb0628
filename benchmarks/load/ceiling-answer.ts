import type { LoadRequest } from './load-order.js'

const body = '{"id":"01890a5d-ac96-774b-bcce-b302099a8057","email":"0123456789abcdef@example.org"}'

/** The one answer of the server of nothing. */
export const ceilingAnswer: { readonly bytes: string; readonly request: LoadRequest } = {
  bytes: `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  request: { method: 'GET', path: '/', headers: {}, expected: { status: 200, body } },
}
