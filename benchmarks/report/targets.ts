import type { Cell, ScenarioResult } from '../result/result.js'
import { isSameCondition } from '../runner/scenario.js'
import { pairedRatio } from '../statistics/difference.js'
import { ROUNDS_TO_COMPARE } from '../statistics/summary.js'
import { summaryText } from './figures.js'

/** What a request to `subject` may cost at full load: processor time, as a multiple of `reference`. */
export interface Target {
  readonly subject: string
  readonly reference: string
  readonly atMost: number
}

/**
 * What our servers may cost with all checks on, and what it may cost to watch them. Every request verifies its
 * token, even if the token came before, as @fastify/jwt does.
 */
export const identityTargets: readonly Target[] = [
  { subject: 'jwt-rotating+new-tokens', reference: 'bare-koa', atMost: 1.8 },
  { subject: 'jwt-rotating', reference: 'fastify-jwt+same-checks', atMost: 1 },
  { subject: 'session-redis', reference: 'bare-koa', atMost: 1.6 },
  { subject: 'session-redis', reference: 'fastify-session', atMost: 1 },
  { subject: 'session-postgres', reference: 'bare-koa', atMost: 3.5 },
  { subject: 'jwt-rotating+timing', reference: 'jwt-rotating', atMost: 1.15 },
  { subject: 'session-redis+timing', reference: 'session-redis', atMost: 1.15 },
]

export interface TargetOutcome {
  readonly met: boolean
  /** For people. */
  readonly line: string
}

/** Whether the median of at least nine rounds meets each target; one that was not measured does not. */
export function checkTargets(
  { cells }: Pick<ScenarioResult, 'cells'>,
  targets: readonly Target[] = identityTargets,
): TargetOutcome[] {
  return targets.map(({ subject, reference, atMost }) => {
    const ratio = pairedRatio(cpuOf(cells, subject), cpuOf(cells, reference))
    const limit = `at most ${atMost} times ${reference}`
    if (!ratio) return { met: false, line: `not measured: ${subject}, ${limit}` }
    if (ratio.confidence === undefined) {
      const rounds = `it takes ${ROUNDS_TO_COMPARE} rounds`
      return {
        met: false,
        line: `not judged: ${subject}, ${limit}: ${summaryText(ratio)}; ${rounds}`,
      }
    }
    const met = ratio.median <= atMost
    return { met, line: `${met ? 'met' : 'MISSED'}: ${subject}, ${limit}: ${summaryText(ratio)}` }
  })
}

/** Of each round, with the connections with which all servers are compared. */
function cpuOf(cells: readonly Cell[], subject: string): readonly number[] {
  const usual = cells.find(
    (it) => it.subject === subject && isSameCondition(it.condition, { connections: 50 }),
  )
  return usual?.values['cpu'] ?? []
}
