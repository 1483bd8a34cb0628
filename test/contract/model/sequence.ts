import fc, { type Arbitrary } from 'fast-check'
import type { Command } from './command.js'
import type { Rules } from './credential.js'
import { type Draw, type DrawnStep, drawnSteps } from './draw.js'
import { aimed, preparation } from './likely.js'
import { waysOf } from './model.js'
import { beginning, type State } from './state.js'
import { statesAfter, type Step, stepText } from './step.js'

/** Steps in any order, on several devices, some of them with requests that are sent at once. */
export function sequences(rules: Rules): Arbitrary<Step[]> {
  return drawnSteps.map((drawn) => planned(drawn, rules))
}

/** Makes steps of what was drawn; the model tells what they are likely to meet. */
function planned(drawn: readonly DrawnStep[], rules: Rules): Step[] {
  const steps: Step[] = []
  let state = beginning
  const add = (step: Step): void => {
    state = foreseen(state, step, rules, `planned ${steps.length}`)
    steps.push(Object.assign({ ...step }, { [fc.toStringMethod]: () => stepText(step) }))
  }
  for (const step of drawn.flatMap(rounds)) {
    const draws = 'send' in step ? step.send : []
    for (const draw of draws) {
      const first = draw.blind ? undefined : preparation(commandOf(draw), state, rules)
      if (first) add(first)
      if (draw.robbed) add({ copyOf: draw.by, to: 'thief/2' })
    }
    const send = draws.map((it) => (it.blind ? commandOf(it) : aimed(commandOf(it), state)))
    add('send' in step ? { send } : step)
  }
  return steps
}

/** Half an hour ends a session that nobody uses; 18 rounds are beyond the end of any login. */
const ROUND = { wait: 28 }

function rounds(step: DrawnStep): Exclude<DrawnStep, { times: number }>[] {
  if (!('times' in step)) return [step]
  const { times, draw } = step
  const send = (verb: Command['do'], blind: boolean) => ({
    send: [{ ...draw, verb, blind, robbed: false }],
  })
  const all = Array.from({ length: times }, () => [ROUND, send('rotate', true)])
  return [send('renew', false), ...all.flat(), send('renew', true), send('whoami', true)]
}

/** As if requests that are sent at once came one after another. */
function foreseen(state: State, step: Step, rules: Rules, name: string): State {
  if (!('send' in step)) return statesAfter(state, step, rules, name, [])[0] ?? state
  return step.send.reduce((before, command, index) => {
    const [way] = waysOf(before, [command], rules, `${name}.${index}`)
    return way?.state ?? before
  }, state)
}

function commandOf({ verb, as, nickname, password, other, ...rest }: Draw): Command {
  const common = { by: rest.by, lag: rest.lag }
  switch (verb) {
    case 'register':
      return { ...common, do: verb, as, nickname }
    case 'login':
      return { ...common, do: verb, as, password }
    case 'change password':
      return { ...common, do: verb, from: password, to: 'second' }
    case 'rename':
      return { ...common, do: verb, to: nickname }
    case 'end':
      return { ...common, do: verb, device: other }
    case 'read':
    case 'delete':
      return { ...common, do: verb, postOf: other }
    case 'whoami':
    case 'profile':
    case 'renew':
    case 'rotate':
    case 'logout':
    case 'logout by refresh':
    case 'logout all':
    case 'devices':
    case 'write':
      return { ...common, do: verb }
  }
}
