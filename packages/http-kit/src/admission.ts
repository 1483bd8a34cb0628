import { Problem } from './problem-details.js'

/** @throws {Problem} `overloaded`, at once, where too much is being worked on */
export type Admission = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Lets at most `atMost` works be done at a time; the others are told to come again, before they cost
 * anything. For requests that hash a password: a flood of them would otherwise also take the connections
 * to the stores from everybody else, while it waits for its turn. What a client can make last, such as
 * its body, must have arrived before.
 */
export function admission(atMost = 64): Admission {
  let inside = 0
  return async (work) => {
    if (inside >= atMost) throw new Problem('overloaded', { headers: { 'Retry-After': '2' } })
    inside += 1
    try {
      return await work()
    } finally {
      inside -= 1
    }
  }
}
