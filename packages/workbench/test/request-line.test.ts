import type { TraceEvent } from '@session-vs-jwt/request-trace'
import { expect, it } from 'vitest'
import { requestLine } from '../src/request-line.js'

function call(kind: string, durationMs: number): TraceEvent['calls'][number] {
  return { kind, operation: 'x', args: [], startMs: 0, durationMs, failed: false }
}

const event: TraceEvent = {
  type: 'request',
  server: 'session-server',
  endedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 220,
  method: 'POST',
  path: '/auth/login/email',
  status: 200,
  requestHeaders: {},
  responseHeaders: {},
  calls: [
    call('sql', 1),
    call('sql', 1),
    call('redis', 1),
    call('hash', 212.4),
    call('sign', 0.31),
  ],
}

it('says what a request was and what it cost', () => {
  expect(requestLine('session', event)).toBe(
    'session  POST /auth/login/email        200  2 SQL · 1 Redis · hash 212 ms · sign 0.3 ms',
  )
})

it('names one of several instances', () => {
  expect(requestLine('jwt-2', event)).toMatch(/^jwt-2      POST /)
})

it('leaves out what it did not cost', () => {
  expect(requestLine('jwt', { ...event, calls: [] })).toMatch(/ 200$/)
})

it('does not let a path steer the terminal', () => {
  expect(requestLine('jwt', { ...event, path: '/\u009b31m\u001b[2J' })).toContain('/?31m?[2J')
})
