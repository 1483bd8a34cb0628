import { join } from 'node:path'
import {
  type Balancer,
  type BalancedService,
  freePorts,
  type ServerProgram,
  startBalancer,
} from '@session-vs-jwt/services'
import { filesIn } from '../folders.js'
import type { Ports } from '../ports.js'
import type { ServerKind, Strategy } from '../strategy.js'
import { Instance } from './instance.js'
import type { ServerCommand } from './running-server.js'
import { serverEnvironment, type ServerSettings } from './server-environment.js'
import { ServerGroup } from './server-group.js'

type Env = Readonly<Record<string, string | undefined>>

/** What the servers of a workbench have in common. */
export interface ServersOptions {
  /** The workbench's folder, for logs. */
  readonly folder: string
  readonly ports: Ports
  /** How many of each server. */
  readonly instances: number
  readonly env: Env
}

/** Starts the instances of one server: on its port if there is one, else on free ports. */
export async function startInstances(
  options: ServersOptions,
  settings: Omit<ServerSettings, 'port'>,
): Promise<ServerGroup> {
  const { server } = settings.strategy
  const { instances: count, ports } = options
  const url = `http://127.0.0.1:${ports[server]}`
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const instancePorts = count === 1 ? [ports[server]] : await freePorts(count)
  return ServerGroup.start(
    server,
    url,
    numbers.map(async (number, index) => {
      const name = count === 1 ? server : `${server}-${number}`
      const port = instancePorts[index] as number
      return Instance.start(name, commandFor(name, options, { ...settings, port }))
    }),
  )
}

function commandFor(
  name: string,
  { folder, env }: ServersOptions,
  settings: ServerSettings,
): ServerCommand {
  const { server }: Strategy = settings.strategy
  const file = name.replace(server, `${server}-server`)
  return {
    server,
    log: join(filesIn(folder).logs, `${file}.log`),
    env: serverEnvironment(settings, env),
  }
}

/** Puts a balancer before the instances of `groups`, at their address. */
export async function balance(
  program: ServerProgram,
  groups: readonly ServerGroup[],
  options: {
    readonly folder: string
    /** The servers whose clients are kept at one instance, by a cookie. */
    readonly sticky: readonly ServerKind[]
    readonly onProgress?: (line: string) => void
  },
): Promise<Balancer> {
  const { folder, sticky, onProgress } = options
  const services = groups.map(({ server, url, instances }): BalancedService => {
    return {
      name: server,
      port: Number(new URL(url).port),
      sticky: sticky.includes(server),
      instances: instances.map((it) => ({ name: it.name, address: new URL(it.url).host })),
    }
  })
  return startBalancer(program, { folder, services, onProgress })
}
