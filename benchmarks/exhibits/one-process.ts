import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { serverEnvironment, strategyById } from '@session-vs-jwt/workbench'
import { BenchError } from '../runner/bench-error.js'
import type { Bench } from '../runner/bench.js'
import type { Scenario } from '../runner/scenario.js'
import { CHEAP_LOGINS, WITHOUT_INSTRUMENTS } from '../subjects/strategy-server.js'
import { CONTESTANTS, honestly, type Side } from './contestants.js'
import { exhibited, type Rig, type Verdict } from './exhibit.js'
import type { OneProcessOrder } from './one-process-program.js'

export const oneProcess: Scenario = exhibited({
  id: 'bad-one-process',
  title: 'Load and servers in one process',
  question:
    'Who wins in a script that starts both servers and loads them itself, one after the other? The load ' +
    'takes its time from the server that it measures, and the second server runs what was compiled for ' +
    'the first.',
  rigs: [
    rig('session first', ['session', 'token']),
    rig('token first', ['token', 'session']),
    {
      id: 'honest',
      title: 'each a process of its own',
      takes: 6,
      measure: (bench) => honestly(bench),
    },
  ],
})

function rig(id: string, order: readonly [Side, Side]): Rig {
  return { id, title: id, takes: 4, measure: (bench) => inOneProcess(bench, order) }
}

async function inOneProcess(bench: Bench, sides: readonly [Side, Side]): Promise<Verdict> {
  const { postgres, redis } = await bench.stores()
  const secrets = await bench.secrets()
  const envOf = (side: Side): Record<string, string> => {
    const strategy = strategyById(CONTESTANTS[side])
    const settings = {
      strategy,
      port: 0,
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      secrets: secrets[strategy.server],
      origins: [],
    }
    return {
      ...serverEnvironment(settings, bench.place.machineEnv),
      ...CHEAP_LOGINS,
      ...WITHOUT_INSTRUMENTS,
    }
  }
  const order: OneProcessOrder = {
    sides,
    env: { session: envOf('session'), token: envOf('token') },
  }
  const program = fileURLToPath(new URL('one-process-program.js', import.meta.url))
  const child = fork(program, [], { detached: true, execArgv: [] })
  try {
    child.send(order)
    const lost = once(child, 'exit').then((): never => {
      throw new BenchError('The process with both servers has ended.')
    })
    const told = once(child, 'message', { signal: bench.signal })
    const [verdict] = (await Promise.race([told, lost])) as [Verdict]
    return verdict
  } finally {
    child.kill('SIGKILL')
  }
}
