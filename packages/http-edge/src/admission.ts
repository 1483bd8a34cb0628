import type { ServerResponse } from 'node:http'
import { Problem } from '@session-vs-jwt/http-contract'
import { ClientLeft } from './problem-details.js'

/**
 * Runs `work` for the request behind `res`. The signal aborts when the client closes the connection.
 *
 * @throws {Problem} `overloaded`, at once, where too much is being worked on
 */
export type Admission = <T>(
  ctx: { readonly res: ServerResponse },
  work: (clientLeft: AbortSignal) => Promise<T>,
) => Promise<T>

/**
 * Lets at most `atMost` works be done at a time; the others are told to come again, before they cost
 * anything. For requests that hash a password: a flood of them would otherwise also take the connections
 * to the stores from everybody else, while it waits for its turn. What a client can make last, such as
 * its body, must have arrived before.
 */
export function admission(atMost = 64): Admission {
  let inside = 0
  return async ({ res }, work) => {
    if (inside >= atMost) throw new Problem('overloaded', { headers: { 'Retry-After': '2' } })
    inside += 1
    try {
      return await work(clientLeft(res))
    } finally {
      inside -= 1
    }
  }
}

/** A response also closes after its last byte, when nothing is left to abort. */
function clientLeft(res: ServerResponse): AbortSignal {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new ClientLeft())
  if (res.closed) abort()
  else res.once('close', abort)
  return controller.signal
}
