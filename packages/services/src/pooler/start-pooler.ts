import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { postgresVersion } from '../postgres/postgres-by-url.js'
import type { EmbeddedPostgres } from '../postgres/started-postgres.js'
import { isRoot, unprivilegedAccount } from '../process/account.js'
import { ManagedServer } from '../process/managed-server.js'
import type { ServerCommand, ServerProcess } from '../process/server-process.js'
import { folderTag, runTag } from '../process/server-tag.js'
import { programEnvironment, type ServerProgram } from '../program/server-program.js'
import { ServiceError } from '../service-error.js'

export interface PoolerOptions {
  /** The folder of the PostgreSQL. */
  readonly folder: string
  readonly postgres: EmbeddedPostgres
}

/** Our PgBouncer, in transaction mode. A fault test can break it. */
export interface Pooler {
  /** With `pgbouncer=true`. A secret, as it contains the password. */
  readonly url: string
  readonly version: string
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): void
  /** Ends a pause. */
  resume(): void
  /** Same port. Its new connections to PostgreSQL begin with the settings that the role has now. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const READY_WITHIN_MS = 10_000

/** Runs PgBouncer on 127.0.0.1, in front of `postgres`. It ends with `stop()`, or when this process dies. */
export async function startPooler(
  program: ServerProgram,
  { folder, postgres }: PoolerOptions,
): Promise<Pooler> {
  const account = isRoot() ? unprivilegedAccount() : undefined
  // PgBouncer refuses to run as root, and the other account can't enter every folder.
  const own = mkdtempSync(join(tmpdir(), 'workbench-pooler-'))
  const [config, users] = [join(own, 'pgbouncer.ini'), join(own, 'users.txt')]
  const { username, password } = new URL(postgres.url)
  const tag = runTag(folderTag('pooler', folder))
  const urlOn = (port: number): string => {
    const url = new URL(postgres.url)
    url.port = String(port)
    return url.href
  }
  const command = (port: number): ServerCommand => {
    writeFileSync(config, poolerConfig(postgres.port, port, users), { mode: 0o600 })
    writeFileSync(users, `"${username}" "${password}"\n`, { mode: 0o600 })
    for (const it of [own, config, users]) if (account) chownSync(it, account.uid, account.gid)
    return {
      program: program.path,
      argv0: `pgbouncer ${tag}`,
      args: [config],
      env: programEnvironment(program.libraries),
      account,
      tag,
      log: join(own, 'server.log'),
      stopSignal: 'SIGTERM',
    }
  }
  const lockPath = join(folder, 'pooler.lock')
  const server = await ManagedServer.start({ what: 'PgBouncer', lockPath }, async () => ({
    command,
    waitUntilReady: (process, port) => waitForAnswer(process, urlOn(port)),
  })).catch((error: unknown) => {
    rmSync(own, { recursive: true, force: true })
    throw error
  })
  return {
    url: `${urlOn(server.port)}?pgbouncer=true`,
    version: program.version,
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
    restart: () => server.restart(),
    stop: async () => {
      await server.stop()
      rmSync(own, { recursive: true, force: true })
    },
  }
}

/** As our documentation advises. */
function poolerConfig(postgresPort: number, port: number, users: string): string {
  return `[databases]
* = host=127.0.0.1 port=${postgresPort}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
server_login_retry = 1
`
}

async function waitForAnswer(server: ServerProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!server.hasExited) {
    const error = await postgresVersion(url).then(
      () => undefined,
      (it: unknown) => it as Error,
    )
    if (error === undefined) return
    if (Date.now() > deadline) {
      const words = `${error.message}\n${server.lastWords()}`
      throw new ServiceError('start-timed-out', `PgBouncer did not get ready:\n${words}`)
    }
    await sleep(15)
  }
}
