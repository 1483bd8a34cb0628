import type { TestServer } from '../../start-server.js'
import { type Command, DEVICES, type DeviceName } from './command.js'
import { deadlineOf, type Rules } from './credential.js'
import { Driver } from './driver.js'
import { waysOf } from './model.js'
import type { Answer } from './moment.js'
import { beginning, keyOf, type State } from './state.js'
import { statesAfter, type Step, stepText } from './step.js'

/**
 * Takes every step on the server and in the model.
 *
 * @throws {Error} that tells the story, where the model knows no way to the answers that came
 */
export async function follow(
  server: TestServer,
  rules: Rules,
  steps: readonly Step[],
): Promise<void> {
  const story = new Story(new Driver(server), rules)
  for (const step of steps) {
    const got = await story.take(step)
    const looking = rules.promises.devices ? witnesses(step, got, story.state, rules) : []
    for (const by of looking) await story.take({ send: [{ by, do: 'devices' }] })
  }
}

const ENDING: ReadonlySet<Command['do']> = new Set([
  'logout',
  'logout by refresh',
  'logout all',
  'end',
  'change password',
])

/**
 * Who looks at the list of devices after a step: a device that has just logged in, to learn which one it
 * is. And where something was ended while other requests were under way, every device whose time is
 * not over: the answers show what was ended, and what came back.
 */
function witnesses(
  step: Step,
  got: readonly Answer[],
  state: State,
  rules: Rules,
): ReadonlySet<DeviceName> {
  const sent = 'send' in step ? step.send : []
  const entered = sent.filter(({ do: verb }, index) => {
    const enters = verb === 'login' || verb === 'register'
    return enters && got[index]?.startsWith('20')
  })
  const mixed = sent.length > 1 && sent.some((command) => ENDING.has(command.do))
  const carrying = DEVICES.filter((name) => {
    const { access } = state.held[name]
    return access && deadlineOf(state, access, rules) > state.now
  })
  return new Set([...entered.map(({ by }) => by), ...(mixed ? carrying : [])])
}

/**
 * After requests at once there can be several states in which the answers that came make sense. They
 * all go on, until a later answer tells them apart.
 */
class Story {
  readonly #driver: Driver
  readonly #rules: Rules
  readonly #lines: string[] = []
  #states: readonly State[] = [beginning]

  constructor(driver: Driver, rules: Rules) {
    this.#driver = driver
    this.#rules = rules
  }

  /** One of those that it can be. */
  get state(): State {
    return this.#states[0] ?? beginning
  }

  async take(step: Step): Promise<readonly Answer[]> {
    const name = `${this.#lines.length}`
    const got = await this.#driver.take(step)
    this.#lines.push([stepText(step), got.join(' | ')].filter(Boolean).join(' -> '))
    const next = this.#states.flatMap((it) => statesAfter(it, step, this.#rules, name, got))
    if (next.length === 0) throw this.#disagreement(step, name)
    this.#states = distinct(next)
    return got
  }

  #disagreement(step: Step, name: string): Error {
    const send = 'send' in step ? step.send : []
    const ways = this.#states.flatMap((state) => waysOf(state, send, this.#rules, name))
    const expected = new Set(ways.map(({ answers }) => answers.join(' | ')))
    const lines = ['The model has another answer.', ...this.#lines, 'expected', ...expected]
    return new Error(lines.join('\n  '))
  }
}

function distinct(states: readonly State[]): readonly State[] {
  if (states.length === 1) return states
  return [...new Map(states.map((state) => [keyOf(state), state])).values()]
}
