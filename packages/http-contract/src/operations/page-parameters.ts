import type { OperationParameter } from './operation.js'

/** The query of a paged list. */
export function pageParameters(
  operation: 'listUsers' | 'listPosts',
  cursor: string,
): readonly OperationParameter[] {
  return [
    {
      name: 'limit',
      in: 'query',
      description: 'The most entries that the page may have.',
      example: 20,
    },
    {
      name: 'cursor',
      in: 'query',
      description: 'Where the page begins: `nextCursor` of the page before, exactly as it came.',
      example: cursor,
      from: { operation, pointer: '/nextCursor' },
    },
  ]
}
