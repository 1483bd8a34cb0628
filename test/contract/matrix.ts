import { strategies, availableStrategy } from '@session-vs-jwt/workbench'
import type { Strategy } from '@session-vs-jwt/workbench'

/**
 * Every strategy, and once more on PostgreSQL where its state can also live there. The label names the
 * row in a report.
 */
export const matrix: readonly (readonly [label: string, strategy: Strategy])[] = [
  ...strategies.map((it) => [it.id, it] as const),
  ...strategies
    .filter(({ env }) => env['REFRESH_STORE'] === 'redis')
    .map(
      (strategy) => [`${strategy.id} on PostgreSQL`, availableStrategy(strategy, false)] as const,
    ),
]

/** Those of one server. */
export function matrixOf(server: Strategy['server']): typeof matrix {
  return matrix.filter(([, it]) => it.server === server)
}

/** One strategy by its id. */
export function strategy(id: string): Strategy {
  const found = matrix.find(([label]) => label === id)
  if (!found) throw new Error(`no strategy ${id}`)
  return found[1]
}
