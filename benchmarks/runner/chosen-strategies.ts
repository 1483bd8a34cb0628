import type { Strategy, StrategyId } from '@session-vs-jwt/workbench'
import type { Settings } from './settings.js'

/** The chosen strategies; where little is measured, those of them that are `enough` to show it. */
export function chosenStrategies(
  { strategies, quick }: Settings,
  enough: readonly StrategyId[],
): readonly Strategy[] {
  const shown = strategies.filter(({ id }) => enough.includes(id))
  return quick && shown.length > 0 ? shown : strategies
}
