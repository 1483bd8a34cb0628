import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { paths } from '@session-vs-jwt/http-contract'
import { freePorts, removeData } from '@session-vs-jwt/services'
import { until } from '../faults/load.js'

/** As `npm start` does it, behind the installation. */
const MAIN = resolve('packages/workbench/dist/main.js')

const PACKAGES: readonly string[] = ['redis-package', 'haproxy-package']

/** Programs are there already (test/programs.ts). A busy machine needs a minute; only a start that hangs takes longer. */
const READY_WITHIN_MS = 180_000
/** In order: its servers and stores give their ports back. */
const LEAVES_WITHIN_MS = 60_000

const PORTS = ['WORKBENCH_PORT', 'SESSION_PORT', 'JWT_PORT'] as const

export interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  readonly exit: Promise<number | null>
}

/** The workbench's command line, on a folder and on ports of its own. */
export class WorkbenchCommands {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly #started: Run[] = []

  private constructor(folder: string, ports: readonly number[], env: NodeJS.ProcessEnv) {
    this.folder = folder
    this.env = {
      PATH: process.env['PATH'],
      HOME: folder,
      TMPDIR: tmpdir(),
      WORKBENCH_FOLDER: folder,
      ...Object.fromEntries(PORTS.map((name, index) => [name, String(ports[index])])),
      ...env,
    }
  }

  /**
   * @param packages folders with programs that were unpacked, to be used again
   * @param env settings of the servers; passwords are hashed fast if nothing else is said
   */
  static async prepare({
    packages = PACKAGES,
    env = { BCRYPT_COST: '10' },
  }: { packages?: readonly string[]; env?: NodeJS.ProcessEnv } = {}): Promise<WorkbenchCommands> {
    const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-e2e-'))
    // Started by root, PostgreSQL runs as another account, whose data would otherwise be below /var/lib.
    await chmod(folder, 0o711)
    for (const name of packages) {
      await mkdir(join('.workbench', name), { recursive: true })
      await symlink(resolve('.workbench', name), join(folder, name))
    }
    return new WorkbenchCommands(folder, await freePorts(PORTS.length), env)
  }

  run(...args: string[]): Run {
    const { env } = this
    const child = spawn(process.execPath, [MAIN, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += String(chunk)))
    }
    const exit = once(child, 'close').then(([code]) => code as number | null)
    const run = { child, output: () => output, exit }
    this.#started.push(run)
    return run
  }

  /** Starts the workbench and waits until it says that it is ready. One that does not is ended. */
  async start(...args: string[]): Promise<Run> {
    const workbench = this.run('start', ...args)
    const isReady = (): boolean => workbench.output().includes('Ready after')
    const isOver = (): boolean => isReady() || hasEnded(workbench)
    await until('the workbench is ready', isOver, READY_WITHIN_MS).catch(() => undefined)
    if (isReady()) return workbench
    workbench.child.kill('SIGTERM')
    await until('the workbench has left', () => hasEnded(workbench), LEAVES_WITHIN_MS).catch(
      () => undefined,
    )
    await end(workbench)
    throw new Error(`The workbench did not get ready:\n${workbench.output()}`)
  }

  /** Whether anybody answers there. */
  async answers(port: (typeof PORTS)[number] | number): Promise<boolean> {
    const number = typeof port === 'number' ? port : this.env[port]
    return fetch(`http://127.0.0.1:${number}${paths.live}`).then(
      () => true,
      () => false,
    )
  }

  async remove(): Promise<void> {
    for (const it of this.#started) await end(it)
    await removeData(this.folder)
    await rm(this.folder, { recursive: true, force: true })
  }
}

function hasEnded({ child }: Run): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Returns when it is gone: until then its folder is locked. */
async function end(run: Run): Promise<void> {
  if (hasEnded(run)) return
  const { child } = run
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
