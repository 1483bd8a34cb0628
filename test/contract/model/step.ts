import { type Command, commandText, type DeviceName } from './command.js'
import type { Rules } from './credential.js'
import { waysOf } from './model.js'
import type { Answer } from './moment.js'
import type { State } from './state.js'

/** Requests that are sent at once; a copy of what a device carries; minutes that pass. */
export type Step =
  | { readonly send: readonly Command[] }
  | { readonly copyOf: DeviceName; readonly to: DeviceName }
  | { readonly wait: number }

export function stepText(step: Step): string {
  if ('wait' in step) return `wait ${step.wait} min`
  if ('copyOf' in step) return `${step.to} copies ${step.copyOf}`
  const [first, ...others] = step.send
  if (first && others.length === 0) return commandText({ ...first, lag: 0 })
  return step.send.map(commandText).join(' | ')
}

/**
 * Every state that can be after `step`, if its requests were answered with `got`.
 *
 * @param name names what the step makes
 */
export function statesAfter(
  state: State,
  step: Step,
  rules: Rules,
  name: string,
  got: readonly Answer[],
): State[] {
  if ('wait' in step) return [{ ...state, now: state.now + step.wait }]
  if ('copyOf' in step) return [copied(state, step.copyOf, step.to)]
  return waysOf(state, step.send, rules, name, got).map((way) => way.state)
}

function copied(state: State, from: DeviceName, to: DeviceName): State {
  return {
    ...state,
    held: { ...state.held, [to]: state.held[from] },
    lastLogin: { ...state.lastLogin, [to]: state.lastLogin[from] },
  }
}
