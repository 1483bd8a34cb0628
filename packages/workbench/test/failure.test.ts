import { expect, test } from 'vitest'
import { describeFailure } from '../src/client/failure.js'

test('what a report tells of a credential opens nothing, wherever it stood', () => {
  const token = `${'a'.repeat(30)}.${'b'.repeat(30)}.${'c'.repeat(30)}`
  const cut = `${'a'.repeat(24)}…`
  const { sent, came } = describeFailure(
    {
      method: 'GET',
      url: 'http://127.0.0.1:9/',
      requestHeaders: { authorization: `Bearer ${token}` },
      status: 200,
      headers: {},
      body: JSON.stringify({ user: {}, accessToken: token, refreshToken: token }),
      sentBytes: 0,
      receivedBytes: 0,
    },
    'status 401',
  )
  expect(sent).toBe(`GET http://127.0.0.1:9/, authorization: Bearer ${'a'.repeat(17)}…`)
  expect(came).toBe(`200 {"user":{},"accessToken":"${cut}","refreshToken":"${cut}"}`)
})
