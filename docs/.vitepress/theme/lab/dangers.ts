import type { ServerKind } from '@session-vs-jwt/http-contract'
import type { LabCommand, StrategyId } from '@session-vs-jwt/workbench'
import { reactive } from 'vue'
import { actionById } from './actions.js'
import { explain, type Explanation, type Seen } from './explanations.js'
import { both, holdsAnything, type Lane, lanes } from './lane.js'
import { loot, steal } from './loot.js'
import { send } from './send.js'
import { sendAsThief } from './thief.js'
import { command, workbench } from './workbench.js'

/** What is being done to the workbench, and what came of it. */
export const danger = reactive<{
  /** In words; empty when nothing is under way. */
  busy: string
  failure: string
  explanation: Explanation | undefined
}>({ busy: '', failure: '', explanation: undefined })

/** Does one thing, explains what was seen, and says what failed. Tells whether it worked. */
async function run(name: string, work: () => Promise<Explanation>): Promise<boolean> {
  Object.assign(danger, { busy: name, failure: '', explanation: undefined })
  try {
    danger.explanation = await work()
    return true
  } catch (error) {
    danger.failure = (error as Error).message
    return false
  } finally {
    danger.busy = ''
  }
}

/** Asks “Who am I” wherever somebody is logged in: so that the effect is seen, and not foretold. */
async function look(): Promise<Seen> {
  const whoami = actionById('whoami')
  const holding = both.filter(holdsAnything)
  return Promise.all(holding.map(async (lane) => ({ lane, exchange: await send(lane, whoami) })))
}

/** The servers reconnect by themselves, within 500 ms. */
const REDIS_FOUND_MS = 800

const redisIsFound = (): Promise<unknown> =>
  new Promise((resolve) => setTimeout(resolve, REDIS_FOUND_MS))

/** Commands the workbench, and looks what that did. */
const done = (
  name: string,
  commands: readonly LabCommand[],
  seen: (seen: Seen) => Explanation,
): Promise<boolean> =>
  run(name, async () => {
    const wasStopped = workbench.record.redisStopped
    for (const it of commands) await command(it)
    if (wasStopped && !workbench.record.redisStopped) await redisIsFound()
    return seen(await look())
  })

const aheadSeconds = (): number => workbench.record.clockAheadSeconds ?? 0

export const HOUR_SECONDS = 3_600

export const dangers = {
  steal: (): Promise<boolean> =>
    run('copying the credential', async () => {
      const holding = both.filter(holdsAnything)
      if (holding.length === 0) throw new Error('There is nothing to copy: register first.')
      holding.forEach(steal)
      return explain.stolen(holding)
    }),

  thief: (actionId: 'whoami' | 'rotate' = 'whoami'): Promise<boolean> =>
    run('the thief tries', async () => {
      const robbed = both.filter(({ server }) => loot[server])
      if (robbed.length === 0) throw new Error('The thief has nothing: copy the credential first.')
      const seen: { lane: Lane; exchange: Awaited<ReturnType<typeof sendAsThief>> }[] = []
      for (const lane of robbed) {
        seen.push({ lane, exchange: await sendAsThief(lane, actionById(actionId)) })
      }
      return actionId === 'rotate' ? explain.thiefRotated(seen) : explain.thief(seen)
    }),

  later: (seconds: number): Promise<boolean> =>
    done('moving the clocks', [{ do: 'clock', aheadSeconds: aheadSeconds() + seconds }], (seen) =>
      explain.time(seconds, seen),
    ),

  now: (): Promise<boolean> =>
    done('moving the clocks back', [{ do: 'clock', aheadSeconds: 0 }], explain.timeBack),

  restart: (some: readonly Lane[]): Promise<boolean> =>
    done(
      'restarting',
      some.map(({ server }) => ({ do: 'restart', server })),
      (seen) => explain.restart(some, seen),
    ),

  second: (some: readonly Lane[], running: boolean): Promise<boolean> =>
    done(
      running ? 'starting a second instance' : 'stopping the second instance',
      some.map(({ server }) => ({ do: 'second-instance', server, running })),
      (seen) => explain.second(some, running, seen),
    ),

  redis: (running: boolean): Promise<boolean> =>
    done(
      running ? 'starting Redis' : 'stopping Redis',
      [{ do: 'redis', running }],
      running ? explain.redisStarted : explain.redisStopped,
    ),

  strategy: (server: ServerKind, strategy: StrategyId): Promise<boolean> =>
    done(`starting ${strategy}`, [{ do: 'strategy', server, strategy }], (seen) =>
      explain.strategy(lanes[server], strategy, seen),
    ),

  restore: (): Promise<boolean> =>
    done('putting everything back', [{ do: 'restore' }], explain.restored),
}
