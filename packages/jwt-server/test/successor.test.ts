import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { successorId } from '../src/successor.js'
import { ALGORITHMS, asymmetric, CLAIMS, ec, oct, ring, RINGS, signer } from './token-fixtures.js'

const { jti } = CLAIMS
const successorOf = (keys = RINGS.HS256): string =>
  successorId(signer(keys).sign(CLAIMS), jti, keys)

describe('the id of a successor', () => {
  test.each(ALGORITHMS)('is a UUID of version 8, and always the same: %s', (algorithm) => {
    const id = successorOf(RINGS[algorithm])
    expect(z.uuid().parse(id)).toBe(id)
    expect(id).toMatch(/^.{14}8/)
    expect(successorOf(RINGS[algorithm])).toBe(id)
  })

  test('differs for another token and for another key', () => {
    const other = successorId(signer(RINGS.HS256).sign(CLAIMS), CLAIMS.sub, RINGS.HS256)
    const ids = [
      jti,
      other,
      successorOf(),
      successorOf(ring(oct('h1', 2))),
      successorOf(RINGS.ES256),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('stays the same when another key has begun to sign', () => {
    const token = signer(RINGS.HS256).sign(CLAIMS)
    const later = ring(asymmetric('e2', 'ES256', ec), oct('h1', 1))
    expect(successorId(token, jti, later)).toBe(successorId(token, jti, RINGS.HS256))
  })
})
