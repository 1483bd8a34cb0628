import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Account } from '../src/process/account.js'

/** What the other process says in a line. */
export interface Said {
  readonly uid?: number
  readonly postgres?: string
  readonly redis?: string
  readonly code?: string
  readonly answer?: unknown
}

/** Another process that runs services, as another workbench would. */
export class OtherWorkbench {
  readonly child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #lines: AsyncIterator<string>

  /** `names`: `postgres`, `redis`. It has a process group of its own, like a job in a terminal. */
  constructor(options: {
    folder: string
    names: readonly string[]
    programFolder?: string
    account?: Account
    /** Added to the environment of this process. */
    env?: Readonly<Record<string, string>>
  }) {
    const program = fileURLToPath(new URL('./programs/hold-services.ts', import.meta.url))
    const tsx = import.meta.resolve('tsx')
    const { folder, programFolder = folder, names, account, env } = options
    this.child = spawn(
      process.execPath,
      ['--import', tsx, program, folder, programFolder, ...names],
      {
        ...account,
        env: { ...process.env, ...env },
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    this.#exited = once(this.child, 'exit')
    const lines: Interface = createInterface({ input: this.child.stdout! })
    this.#lines = lines[Symbol.asyncIterator]()
    onTestFinished(() => this.die())
  }

  async says(): Promise<Said> {
    const { value } = await this.#lines.next()
    return JSON.parse(value as string) as Said
  }

  /** SIGKILL: no handler runs. Returns when it is gone. */
  async die(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.#exited
  }

  /** Asks it to stop what it runs, and waits until it has. */
  async interruptAndLeave(): Promise<void> {
    this.interrupt()
    await this.#exited
  }

  /** Ctrl-C in a terminal: SIGINT to every process of the group. */
  interrupt(): void {
    process.kill(-this.child.pid!, 'SIGINT')
  }
}
