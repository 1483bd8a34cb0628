import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ManagedServer } from '../process/managed-server.js'
import { stopOrphans } from '../process/orphans.js'
import type { ServerCommand, ServerProcess } from '../process/server-process.js'
import { runTag } from '../process/server-tag.js'
import { makeUsable } from '../process/usable-folder.js'
import { waitUntil } from '../process/wait-until.js'
import { programEnvironment, type ServerProgram } from '../program/server-program.js'
import { ServiceError } from '../service-error.js'
import { AdminSocket, type ServerStat } from './admin-socket.js'
import { backendsOf, type BalancedService, balancerConfig } from './balancer-config.js'
import {
  BALANCER_ORPHAN_SIGNAL,
  balancerLockPath,
  type BalancerPlace,
  balancerPlace,
  balancerTag,
} from './balancer-place.js'

export interface BalancerOptions {
  /** The workbench's ignored folder; made if missing. */
  readonly folder: string
  readonly services: readonly BalancedService[]
  /** Told, in lines for people, what was repaired. */
  readonly onProgress?: ((line: string) => void) | undefined
}

/** One address for several instances. It asks each of them all the time whether it is ready. */
export interface Balancer {
  readonly version: string
  readonly pid: number
  /** How it was found, in a line for people. */
  readonly foundAs: string
  /** The file with its configuration. */
  readonly config: string
  /** Resolves when the process is gone, whoever wanted that. */
  readonly exited: Promise<void>
  /** The end of its log. */
  lastWords(): string
  /** The instances that it would send a request to now. */
  ready(): Promise<string[]>
  /**
   * Sends the instance no further request, and waits until it has answered those that it has. True
   * if it did within `withinMs`.
   */
  takeOut(instance: string, withinMs: number): Promise<boolean>
  /** Sends it requests as soon as it is ready. True if that was within `withinMs`. */
  putBack(instance: string, withinMs: number): Promise<boolean>
  /**
   * Waits until it has found that each of `instances` answers, be it only what needs no store. True if
   * that was within `withinMs`.
   */
  untilFound(instances: readonly string[], withinMs: number): Promise<boolean>
  /** Takes no more connections, lets what it has be answered, and leaves. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

const READY_WITHIN_MS = 10_000

/**
 * Runs HAProxy on 127.0.0.1, one port for each service.
 *
 * It ends with `stop()`, or by itself when this process dies. Throws `ServiceError`:
 * `folder-in-use` if another workbench runs on the folder; `start-failed` with what it said, as where
 * a port is in use.
 */
export async function startBalancer(
  program: ServerProgram,
  options: BalancerOptions,
): Promise<Balancer> {
  const { folder, services, onProgress = () => {} } = options
  makeUsable(folder)
  const tag = balancerTag(folder)
  let place: BalancerPlace | undefined
  const server = await ManagedServer.start(
    { what: 'HAProxy', lockPath: balancerLockPath(folder), port: services[0]?.port },
    async () => {
      const orphans = await stopOrphans(tag, BALANCER_ORPHAN_SIGNAL)
      if (orphans > 0) onProgress('HAProxy: stopped one that an earlier run left behind')
      const made = (place = balancerPlace(folder))
      writeFileSync(made.config, balancerConfig(services, made))
      return {
        command: () => balancerCommand(program, made, runTag(tag)),
        waitUntilReady: (process) => waitForAnswer(process, new AdminSocket(made.adminSocket)),
      }
    },
  ).catch((error: unknown) => {
    place?.remove()
    throw error
  })
  return runningBalancer(server, program, place as BalancerPlace, services)
}

function balancerCommand(
  { path, libraries }: ServerProgram,
  { config, log }: BalancerPlace,
  tag: string,
): ServerCommand {
  return {
    program: path,
    argv0: `haproxy ${tag}`,
    // In the foreground: a process that can be watched.
    args: ['-db', '-f', config],
    env: programEnvironment(libraries),
    tag,
    log,
    stopSignal: 'SIGUSR1',
  }
}

async function waitForAnswer(server: ServerProcess, admin: AdminSocket): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!server.hasExited) {
    const answers = await admin.ask('show version').then(
      () => true,
      () => false,
    )
    if (answers) return
    if (Date.now() > deadline) {
      const message = `HAProxy did not get ready in ${READY_WITHIN_MS / 1000} s:\n${server.lastWords()}`
      throw new ServiceError('start-timed-out', message)
    }
    await sleep(15)
  }
}

function runningBalancer(
  server: ManagedServer,
  { version, origin }: ServerProgram,
  place: BalancerPlace,
  services: readonly BalancedService[],
): Balancer {
  const admin = new AdminSocket(place.adminSocket)
  const groups = services.map(({ name }) => backendsOf(name)[0])
  const statsOf = async (instance: string): Promise<ServerStat[]> =>
    (await admin.stats()).filter((it) => it.instance === instance)
  const isUp = ({ status }: ServerStat): boolean => status.startsWith('UP')
  const isReady = (stat: ServerStat): boolean => groups.includes(stat.backend) && isUp(stat)
  const tell = async (instance: string, ...words: readonly string[]): Promise<void> => {
    const places = (await statsOf(instance)).map(({ backend }) => `${backend}/${instance}`)
    if (places.length === 0) {
      throw new ServiceError('refused', `The balancer knows no instance ${instance}.`)
    }
    await admin.tell(...places.flatMap((it) => words.map((word) => `set server ${it} ${word}`)))
  }
  return {
    version,
    pid: server.pids()[0] ?? 0,
    foundAs: `HAProxy ${version}, ${origin}`,
    config: place.config,
    exited: server.exited,
    lastWords: () => server.lastWords(),
    ready: async () => (await admin.stats()).filter(isReady).map(({ instance }) => instance),
    takeOut: async (instance, withinMs) => {
      // "drain" would still let through whoever is bound to it by a cookie.
      await tell(instance, 'state maint')
      return waitUntil(
        async () => (await statsOf(instance)).every(({ busy }) => busy === 0),
        withinMs,
      )
    },
    putBack: async (instance, withinMs) => {
      // Otherwise it would be taken for ready until a check finds that it is not. In maintenance its
      // health cannot be told.
      await tell(instance, 'state drain', 'health down', 'state ready')
      return waitUntil(async () => (await statsOf(instance)).some(isReady), withinMs)
    },
    untilFound: async (instances, withinMs) =>
      waitUntil(async () => {
        const up = new Set((await admin.stats()).filter(isUp).map(({ instance }) => instance))
        return instances.every((it) => up.has(it))
      }, withinMs),
    stop: async () => {
      await server.stop()
      place.remove()
    },
    kill: () => server.kill(),
  }
}
