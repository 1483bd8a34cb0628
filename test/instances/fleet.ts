import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Balancer, findBalancerProgram, freePort, removeData } from '@session-vs-jwt/services'
import {
  balance,
  rollingRestart,
  type ServerGroup,
  startInstances,
  type Strategy,
} from '@session-vs-jwt/workbench'
import { inject } from 'vitest'
import type { Target } from '../device.js'
import { until } from '../faults/load.js'
import { SECRETS } from '../start-server.js'

export interface FleetOptions {
  readonly instances?: number
  /** Whether the balancer keeps a client at one instance, by a cookie. */
  readonly sticky?: boolean
  readonly redisUrl?: string
  /** Settings beside those of the strategy. */
  readonly env?: Readonly<Record<string, string>>
}

/** Built servers of one strategy, each in a process of its own, behind a balancer. */
export class Fleet implements Target {
  readonly url: string
  readonly strategy: Strategy
  readonly group: ServerGroup
  readonly balancer: Balancer
  readonly #folder: string

  private constructor(strategy: Strategy, folder: string, group: ServerGroup, balancer: Balancer) {
    this.url = group.url
    this.strategy = strategy
    this.group = group
    this.balancer = balancer
    this.#folder = folder
  }

  static async start(
    strategy: Strategy,
    { instances = 3, sticky = false, redisUrl = inject('redisUrl'), env = {} }: FleetOptions = {},
  ): Promise<Fleet> {
    const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-fleet-'))
    const group = await startGroup(strategy, { folder, instances, redisUrl, env })
    try {
      // One that had to be unpacked is kept where `npm start` keeps it, for the next run.
      const program = await findBalancerProgram({ folder: '.workbench' })
      const stickyServers = sticky ? [strategy.server] : []
      const balancer = await balance(program, [group], { folder, sticky: stickyServers })
      return new Fleet(strategy, folder, group, balancer)
    } catch (error) {
      await group.kill()
      throw error
    }
  }

  /** Replaces every instance, one after the other. */
  async rollingRestart(): Promise<void> {
    await rollingRestart(this.balancer, [this.group], () => undefined)
  }

  /** The instance of this name crashes. */
  async crash(name: string): Promise<void> {
    const instance = this.group.instances.find((it) => it.name === name)
    if (!instance) throw new Error(`no instance ${name}`)
    process.kill(instance.pid, 'SIGKILL')
    await until('it is gone', () => !instance.isRunning, 5_000)
  }

  async stop(): Promise<void> {
    await this.balancer.kill()
    await this.balancer.stop()
    await this.group.kill()
    await removeData(this.#folder)
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function startGroup(
  strategy: Strategy,
  { folder, instances, redisUrl, env }: Required<Omit<FleetOptions, 'sticky'>> & { folder: string },
): Promise<ServerGroup> {
  const port = await freePort()
  return startInstances(
    { folder, instances, ports: { page: 0, session: port, jwt: port }, env: process.env },
    {
      // A cheap hash: what is tested here is not how long one takes.
      strategy: {
        ...strategy,
        env: { ...strategy.env, NODE_ENV: 'test', BCRYPT_COST: '4', ...env },
      },
      databaseUrl: inject('databaseUrl'),
      redisUrl,
      secrets: SECRETS,
      origins: [],
    },
  )
}
