import { MOST_COMPARISONS } from '../statistics/difference.js'
import { ROUNDS_TO_COMPARE } from '../statistics/summary.js'
import { type Comparison, type Condition, isSameCondition, type Scenario } from './scenario.js'
import type { Settings } from './settings.js'

/** What nothing is concluded from is measured in every third round, which leaves more time for the rest. */
const DESCRIBED_EVERY = 3

/** Whether a subject is measured under a condition in a round; rounds are counted from 0. */
export type IsDue = (subject: string, condition: Condition, round: number) => boolean

/** How many rounds a scenario has. */
export function roundsOf({ once }: Scenario, { rounds }: Settings): number {
  return once ? 1 : rounds
}

/** With fewer rounds than a comparison needs, there is no difference between what is compared and what is described. */
export function dueIn(scenario: Scenario, settings: Settings): IsDue {
  if (settings.quick || roundsOf(scenario, settings) < ROUNDS_TO_COMPARE) return () => true
  const declared = declaredBy(scenario, settings)
  return (subject, condition, round) =>
    round % DESCRIBED_EVERY === 0 ||
    declared.some(
      (it) =>
        [it.subject, it.reference].includes(subject) && isSameCondition(it.condition, condition),
    )
}

/** What the scenario compares under these settings. @throws {Error} for a scenario that declares more comparisons than can be judged together */
export function declaredBy(scenario: Scenario, settings: Settings): readonly Comparison[] {
  // After so short a warm-up there is nothing to conclude.
  if (settings.quick) return []
  const measured = new Set(scenario.subjects(settings).map(({ id }) => id))
  const declared = (scenario.comparisons?.(settings) ?? []).filter(
    ({ subject, reference }) => measured.has(subject) && measured.has(reference),
  )
  if (declared.length > MOST_COMPARISONS) {
    throw new Error(
      `${scenario.id} declares ${declared.length} comparisons, of at most ${MOST_COMPARISONS}`,
    )
  }
  return declared
}
