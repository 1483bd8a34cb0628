import { randomUUID } from 'node:crypto'
import type { User } from '@session-vs-jwt/users'
import jwt from 'jsonwebtoken'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { JwtConfig } from '../src/config.js'
import type { KeyRing } from '../src/key-ring.js'
import type { JwtContext, TokenDeps } from '../src/ports.js'
import { MemoryRefreshFamilies } from '../src/stores/memory.js'
import { issue } from '../src/tokens/issue.js'
import { rotate } from '../src/tokens/rotate.js'
import { successorOf } from '../src/tokens/successor.js'
import { keyFor, verify } from '../src/tokens/verify.js'
import {
  ALGORITHMS,
  asymmetric,
  CLAIMS,
  ec,
  oct,
  ring,
  RINGS,
  SERVER_CONFIG,
  signer,
} from './token-fixtures.js'

const { jti } = CLAIMS
const successor = ({ current }: KeyRing = RINGS.HS256): string => successorOf(jti, current)

describe('the id of a successor', () => {
  test.each(ALGORITHMS)('is a UUID of version 8, and always the same: %s', (algorithm) => {
    const id = successor(RINGS[algorithm])
    expect(z.uuid().parse(id)).toBe(id)
    expect(id).toMatch(/^.{14}8/)
    expect(successor(RINGS[algorithm])).toBe(id)
  })

  test('differs for another token and for another key', () => {
    const ofAnother = successorOf(CLAIMS.sub, RINGS.HS256.current)
    const ids = [jti, ofAnother, successor(), successor(ring(oct('h1', 2))), successor(RINGS.ES256)]
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('stays the same when another key has begun to sign', () => {
    const token = signer(RINGS.HS256).sign(CLAIMS)
    const later = ring(asymmetric('e2', 'ES256', ec), oct('h1', 1))
    expect(successorOf(jti, keyFor(token, later))).toBe(successor())
  })
})

test('a repeated token works at once, also at a server with a shorter grace period', async () => {
  const NOW = new Date('2026-01-02T03:04:05.678Z')
  const families = new MemoryRefreshFamilies({
    clock: () => NOW,
    policy: 'same-successor',
    denyMs: 0,
  })
  const ctx = { ports: { families, jwt }, get: () => '' } as unknown as JwtContext
  const depsWith = (graceSeconds: number): TokenDeps => {
    const config: JwtConfig = { ...SERVER_CONFIG, refreshPolicy: 'same-successor', graceSeconds }
    return { config, clock: () => NOW, newId: randomUUID }
  }
  const user = { id: randomUUID(), email: 'ada@example.org' } as User
  const { refreshToken } = await issue(ctx, user, 1, depsWith(60))
  const first = await rotate(ctx, refreshToken, depsWith(60))
  const again = await rotate(ctx, refreshToken, depsWith(10))
  const jtiOf = (token: string): string => verify(ctx, token, 'refresh', depsWith(10)).jti
  expect(jtiOf(again)).toBe(jtiOf(first))
  expect(await rotate(ctx, refreshToken, depsWith(60))).toBe(first)
})
