import { cursorAfter, type PageQuery } from '@session-vs-jwt/http-contract'

interface Page<Row> {
  readonly rows: readonly Row[]
  /** Null on the last page. */
  readonly nextCursor: string | null
}

/** One page of a list; a row more than it holds is asked for, to know whether another page follows. */
export async function onePage<Row>(
  query: PageQuery,
  list: (query: PageQuery) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Promise<Page<Row>> {
  const found = await list({ ...query, limit: query.limit + 1 })
  const rows = found.slice(0, query.limit)
  const last = found.length > query.limit ? rows.at(-1) : undefined
  return { rows, nextCursor: last === undefined ? null : cursorAfter(keyOf(last)) }
}
