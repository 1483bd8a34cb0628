import type { HonoRequest } from 'hono'
import { readQuery } from './checked-input.js'
import { pageQuery } from './request-shapes.js'

/**
 * The page of `items` that a request asks for, the newest item first; `items` are in the order of their
 * numbers. What is added meanwhile moves no item to another page.
 */
export function page<Item extends { readonly number: number }>(
  request: HonoRequest,
  items: readonly Item[],
): { items: Item[]; nextCursor: string | null } {
  const { limit, cursor = Infinity } = readQuery(request, pageQuery)
  const rest = items.filter(({ number }) => number < cursor).toReversed()
  const last = rest.length > limit ? rest[limit - 1] : undefined
  return {
    items: rest.slice(0, limit),
    nextCursor: last ? Buffer.from(String(last.number)).toString('base64url') : null,
  }
}
