/** What the balancer says itself, where no instance does. */
export interface BalancerAnswer {
  readonly status: number
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Problem documents (RFC 9457), as the servers' own refusals are. A 502 or a 504 does not say whether
 * the request was done: its instance had it. A 503 does: none had.
 */
export const BALANCER_ANSWERS: readonly BalancerAnswer[] = [
  problem(400, 'Bad Request', 'malformed_request'),
  problem(408, 'Request Timeout', 'request_timeout'),
  problem(500, 'Internal Server Error', 'internal_error'),
  problem(502, 'Bad Gateway', 'instance_failed'),
  problem(503, 'Service Unavailable', 'no_instance', { 'Retry-After': '2' }),
  problem(504, 'Gateway Timeout', 'instance_silent'),
]

function problem(
  status: number,
  title: string,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): BalancerAnswer {
  return {
    status,
    contentType: 'application/problem+json',
    headers: { 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, code }),
  }
}
