import { fileURLToPath } from 'node:url'
import { RunningProgram } from '@session-vs-jwt/workbench'
import type { Bench } from '../runner/bench.js'
import { type StartedServer, startedServer } from './started-server.js'

/** A server that is no strategy of ours: a floor, or what a reader would pick instead. */
export interface Program {
  readonly id: string
  readonly title: string
  /** The built file, from this package's own folder. */
  readonly file: string
}

/** Runs the program with the URLs of the stores, as it would be run in production. */
export async function startProgram(bench: Bench, program: Program): Promise<StartedServer> {
  const { postgres, redis } = await bench.stores()
  const running = await RunningProgram.run({
    name: program.title,
    program: fileURLToPath(new URL(`../${program.file}`, import.meta.url)),
    log: bench.nextLog(program.id),
    env: {
      ...bench.place.machineEnv,
      NODE_ENV: 'production',
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
    },
  })
  return startedServer(running)
}
