import type { ServerKind } from '@session-vs-jwt/http-contract'
import type { StrategyId } from '@session-vs-jwt/workbench'
import { actions } from './actions.js'
import { danger, dangers } from './dangers.js'
import { both, type Lane } from './lane.js'
import { send } from './send.js'

/** One step of a prepared lab; `play` tells what each lane answered. */
interface Step {
  readonly id: string
  readonly label: string
  readonly play: () => Promise<readonly StepAnswer[]>
}

export interface StepAnswer {
  readonly lane: Lane
  readonly status: number
  readonly isGood: boolean
}

/** What a link has prepared: `/lab?session=…&jwt=…&do=register,steal`. It does nothing by itself. */
export interface Prepared {
  readonly strategies: Readonly<Partial<Record<ServerKind, StrategyId>>>
  readonly steps: readonly Step[]
  /** What was in the link and means nothing here. */
  readonly unknown: readonly string[]
}

const SIX_MINUTES = 360

/** Things to break, by the names that a link uses. */
const BREAKING: Readonly<Record<string, readonly [label: string, run: () => Promise<boolean>]>> = {
  steal: ['Copy the credential', dangers.steal],
  thief: ['Thief: who am I', () => dangers.thief()],
  'thief-rotate': ['Thief: rotate refresh', () => dangers.thief('rotate')],
  time: ['6 minutes later', () => dangers.later(SIX_MINUTES)],
  now: ['Back to now', dangers.now],
  restart: ['Restart both servers', () => dangers.restart(both)],
  second: ['Start second instances', () => dangers.second(both, true)],
  'redis-stop': ['Stop Redis', () => dangers.redis(false)],
  'redis-start': ['Start Redis', () => dangers.redis(true)],
}

const answerOf = (lane: Lane, status: number): StepAnswer => ({
  lane,
  status,
  isGood: status > 0 && status < 300,
})

async function playBreaking(run: () => Promise<boolean>): Promise<readonly StepAnswer[]> {
  if (!(await run())) throw new Error(danger.failure)
  const seen = danger.explanation?.seen ?? []
  return seen.map(({ lane }) => answerOf(lane, lane.exchanges.at(-1)?.status ?? 0))
}

function stepOf(id: string): Step | undefined {
  const action = actions.find((it) => it.id === id)
  if (action) {
    const play = (): Promise<StepAnswer[]> =>
      Promise.all(both.map(async (lane) => answerOf(lane, (await send(lane, action)).status)))
    return { id, label: action.label, play }
  }
  if (!Object.hasOwn(BREAKING, id)) return undefined
  const [label, run] = BREAKING[id] as (typeof BREAKING)[string]
  return { id, label, play: () => playBreaking(run) }
}

/** Undefined where the link prepares nothing. */
export function preparedBy(
  search: string,
  known: readonly { readonly id: StrategyId; readonly server: ServerKind }[],
): Prepared | undefined {
  const query = new URLSearchParams(search)
  const unknown: string[] = []
  const strategies: Partial<Record<ServerKind, StrategyId>> = {}
  for (const server of ['session', 'jwt'] as const) {
    const wanted = query.get(server)
    if (!wanted) continue
    const found = known.find((it) => it.id === wanted && it.server === server)
    if (found) strategies[server] = found.id
    else
      unknown.push(`${wanted} (no strategy of the ${server === 'jwt' ? 'JWT' : 'session'} server)`)
  }
  const ids = (query.get('do') ?? '').split(',').filter((it) => it !== '')
  const steps = ids.flatMap((id) => stepOf(id) ?? (unknown.push(`${id} (no step)`), []))
  const isNothing = steps.length + unknown.length + Object.keys(strategies).length === 0
  return isNothing ? undefined : { strategies, steps, unknown }
}
