import type { Middleware } from 'koa'
import { Problem } from './problem-details.js'

/**
 * Lets at most `atMost` requests pass at a time; the others are told to come again, before they cost
 * anything. For routes that hash a password: a flood of them would otherwise also take the connections
 * to the stores from everybody else, while it waits for its turn.
 */
export function admission(atMost = 64): Middleware {
  let inside = 0
  return async (_ctx, next) => {
    if (inside >= atMost) throw new Problem('overloaded', { headers: { 'Retry-After': '2' } })
    inside += 1
    try {
      await next()
    } finally {
      inside -= 1
    }
  }
}
