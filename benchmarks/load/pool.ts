import { Pool } from 'undici'

/** Connections that carry one request at a time; a request fails without an answer within so many seconds. */
export function poolOf(origin: string, connections: number, answerWithin: number): Pool {
  const timeout = answerWithin * 1_000
  return new Pool(origin, {
    connections,
    pipelining: 1,
    connectTimeout: timeout,
    headersTimeout: timeout,
    bodyTimeout: timeout,
  })
}
