import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { waitUntil } from '../process/wait-until.js'
import { randomSecret } from '../process/secret-file.js'
import { ServiceError } from '../service-error.js'
import { quoted } from './redis-config.js'
import { type RedisProcessOptions, startRedisProgram } from './redis-process.js'
import { type FindServer, redisProgramFor } from './start-redis.js'
import type { RedisProcess } from './started-redis.js'

/** A Redis Cluster of our own, whose nodes a fault test may mistreat. */
export interface RedisCluster {
  /** `redis+cluster://…` with the password: a secret. */
  readonly url: string
  /** Masters first, then as many replicas, in the order of their masters, as they were at the start. */
  readonly nodes: readonly RedisProcess[]
  stop(): Promise<void>
}

export interface RedisClusterOptions extends RedisProcessOptions {
  readonly findServer?: FindServer | undefined
  /** Masters, each with one replica. Three by default, the fewest that can agree on a new master. */
  readonly masters?: number | undefined
  /** Milliseconds of silence after which a master is taken for dead. Redis' own default is 15 s. */
  readonly nodeTimeoutMs?: number | undefined
}

const SLOTS = 16_384
const AGREED_WITHIN_MS = 20_000

/**
 * Starts the servers on 127.0.0.1 and makes a cluster of them, without `redis-cli`. Needs Redis 7 or
 * Valkey. Each master that is lost takes only its part of the keys away (`cluster-require-full-coverage
 * no`). Throws as `startRedisProcess` does.
 */
export async function startRedisCluster(options: RedisClusterOptions): Promise<RedisCluster> {
  const { folder, durable, masters = 3, nodeTimeoutMs = 2_000 } = options
  const program = await redisProgramFor(options)
  const password = randomSecret()
  const member = { password, settings: settingsOf(password, nodeTimeoutMs) }
  const nodes: RedisProcess[] = []
  try {
    // One after another, so that none looks for a port that another is about to take.
    for (let n = 1; n <= 2 * masters; n += 1) {
      const own = { folder: memberFolder(folder, `node-${n}`), durable }
      nodes.push(await startRedisProgram(program, own, member))
    }
    await makeCluster(nodes.slice(0, masters), nodes.slice(masters))
  } catch (error) {
    await stopAll(nodes)
    throw error
  }
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')
  return {
    url: `redis+cluster://:${password}@${hosts}`,
    nodes,
    stop: async () => stopAll(nodes),
  }
}

/** A folder of its own for each server, so that each has its own lock and data. */
export function memberFolder(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

function settingsOf(password: string, nodeTimeoutMs: number): (port: number) => string[] {
  return (port) => [
    'cluster-enabled yes',
    'cluster-config-file nodes.conf',
    // Below our own range of ports: the usual offset leads among those of outgoing connections.
    `cluster-port ${busPort(port)}`,
    `cluster-node-timeout ${nodeTimeoutMs}`,
    'cluster-require-full-coverage no',
    `masterauth ${quoted(password)}`,
    // A replica gets every write at once, and a whole copy without waiting for others to ask.
    'repl-diskless-sync-delay 0',
  ]
}

function busPort(port: number): number {
  return port - 10_000
}

async function makeCluster(
  masters: readonly RedisProcess[],
  replicas: readonly RedisProcess[],
): Promise<void> {
  const clients = [...masters, ...replicas].map(({ url }) => new Redis(url))
  try {
    const [first, ...others] = clients
    for (const { port } of [...masters, ...replicas].slice(1)) {
      await first?.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort(port))
    }
    const share = Math.ceil(SLOTS / masters.length)
    for (const [index, client] of clients.slice(0, masters.length).entries()) {
      const last = Math.min(SLOTS, (index + 1) * share) - 1
      await client.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last)
    }
    await agreed(others, async (client) => (await knownNodes(client)) === clients.length)
    for (const [index, client] of clients.slice(masters.length).entries()) {
      const id = await clients[index]?.call('CLUSTER', 'MYID')
      await agreed([client], async () => replicates(client, String(id)))
    }
    await agreed(clients, isWhole)
    await agreed(clients, knowsReplicas)
    await agreed(clients.slice(masters.length), isInStep)
  } finally {
    for (const client of clients) client.disconnect()
  }
}

/** Servers hear of each other from each other, which takes a moment. */
export async function agreed(
  clients: readonly Redis[],
  holds: (client: Redis) => Promise<boolean>,
): Promise<void> {
  for (const client of clients) {
    if (await waitUntil(async () => holds(client), AGREED_WITHIN_MS)) continue
    throw new ServiceError('start-timed-out', 'The Redis servers did not agree with each other.')
  }
}

async function knownNodes(client: Redis): Promise<number> {
  return Number(await clusterInfo(client, 'cluster_known_nodes'))
}

async function replicates(client: Redis, masterId: string): Promise<boolean> {
  return client.call('CLUSTER', 'REPLICATE', masterId).then(
    () => true,
    () => false,
  )
}

async function isWhole(client: Redis): Promise<boolean> {
  const state = await clusterInfo(client, 'cluster_state')
  return state === 'ok' && (await clusterInfo(client, 'cluster_slots_ok')) === String(SLOTS)
}

async function knowsReplicas(client: Redis): Promise<boolean> {
  const ranges = (await client.call('CLUSTER', 'SLOTS')) as unknown[][]
  // First slot, last slot, master, replica.
  return ranges.every(({ length }) => length >= 4)
}

/** Whether a replica has the master's data and hears of every change. */
export async function isInStep(replica: Redis): Promise<boolean> {
  return /^master_link_status:up/m.test(await replica.info('replication'))
}

async function clusterInfo(client: Redis, name: string): Promise<string | undefined> {
  const info = String(await client.call('CLUSTER', 'INFO'))
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]
}

export async function stopAll(nodes: readonly RedisProcess[]): Promise<void> {
  await Promise.all(nodes.map(async (node) => node.stop()))
}
