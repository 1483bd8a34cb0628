import type { Answer } from './load.js'

/** What the servers promise for every fault: refused within a second, back within two of the store's return. */
export const REFUSED_WITHIN_MS = 1_000
export const BACK_WITHIN_MS = 2_000
/** What asks no broken store does not notice: less than the 500 ms that a silent one would cost it. */
const UNDISTURBED_MS = 450

/** What is wrong with an answer that must say that a store is away; undefined if nothing is. */
export function notRefused(answer: Answer, lateMs = 0): string | undefined {
  const wrong = [
    answer.status !== 503 && `status ${answer.status}`,
    answer.code !== 'store_unavailable' && `code ${answer.code}`,
    answer.contentType !== 'application/problem+json' && `type ${answer.contentType}`,
    !/^[1-9]\d*$/.test(answer.retryAfter ?? '') && `Retry-After ${answer.retryAfter}`,
    answer.ms > REFUSED_WITHIN_MS + lateMs && `${Math.round(answer.ms)} ms`,
  ].filter(Boolean)
  return wrong.length > 0 ? `${answer.name}: ${wrong.join(', ')}` : undefined
}

/** What is wrong with an answer that must come as if nothing had happened. */
export function notServed(answer: Answer, lateMs = 0): string | undefined {
  const { name, status, code, ms } = answer
  if (status >= 200 && status < 300 && ms <= UNDISTURBED_MS + lateMs) return undefined
  return `${name}: status ${status} ${code ?? ''}, ${Math.round(ms)} ms`
}
