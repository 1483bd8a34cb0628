import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { KeyRing } from '../src/key-ring.js'
import { successorOf } from '../src/tokens/successor.js'
import { keyFor } from '../src/tokens/verify.js'
import { ALGORITHMS, asymmetric, CLAIMS, ec, oct, ring, RINGS, signer } from './token-fixtures.js'

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
