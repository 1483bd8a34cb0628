import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePorts } from '@session-vs-jwt/services'
import { type Run, WorkbenchCommands } from '../e2e/workbench-process.js'
import { ShellSession } from './shell-session.js'

/** What a chapter is run against: a workbench as `npm start` starts it, and a folder like the checkout. */
export class Stage {
  readonly #commands: WorkbenchCommands
  /** By the port that a chapter writes: the one that is used. */
  readonly #ports: ReadonlyMap<string, string>
  #running: { readonly options: string; readonly run: Run } | undefined

  private constructor(commands: WorkbenchCommands, ports: ReadonlyMap<string, string>) {
    this.#commands = commands
    this.#ports = ports
  }

  static async prepare(): Promise<Stage> {
    // The course is not about the limits of the stores: a busy machine must not turn its answers into a 503.
    const env = { NODE_ENV: 'test', TIMEOUT_FACTOR: '20' }
    const commands = await WorkbenchCommands.prepare({ env })
    const { WORKBENCH_PORT, SESSION_PORT, JWT_PORT } = commands.env
    const ports = new Map([
      ['3000', String(WORKBENCH_PORT)],
      ['3001', String(SESSION_PORT)],
      ['3002', String(JWT_PORT)],
    ])
    // Those of the workbench may come once more.
    const free = (await freePorts(13)).map(String).filter((it) => ![...ports.values()].includes(it))
    for (let port = 4000; port < 4010; port += 1) ports.set(String(port), String(free.pop()))
    return new Stage(commands, ports)
  }

  /** A workbench with these options, if it is not the one that runs. */
  async workbench(command = 'npm start'): Promise<void> {
    const [, options = ''] = /^npm start(?: -- (.+))?$/.exec(command.trim()) ?? []
    if (this.#running?.options === options) return
    await this.#stopWorkbench()
    const run = await this.#commands.start(...options.split(/\s+/).filter(Boolean))
    this.#running = { options, run }
  }

  /** A shell in a new folder that looks like the checkout; what commands write stays in it. */
  async shell(): Promise<{ shell: ShellSession; close: () => Promise<void> }> {
    const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-course-'))
    for (const name of await readdir(resolve('.'))) {
      if (name !== '.workbench') await symlink(resolve(name), join(folder, name))
    }
    const env = {
      ...this.#commands.env,
      LANG: 'C.UTF-8',
      // Without the lines that npm prints before a script.
      npm_config_loglevel: 'silent',
      npm_config_update_notifier: 'false',
    }
    const shell = await ShellSession.open(folder, env)
    return {
      shell,
      close: async () => {
        await shell.close()
        await rm(folder, { recursive: true, force: true })
      },
    }
  }

  /** With the ports that are used here. */
  asRun(text: string): string {
    return this.#exchangePorts(text, this.#ports)
  }

  /** With the ports that a chapter writes, and no path of this machine. */
  asShown(text: string): string {
    const back = new Map([...this.#ports].map(([shown, used]) => [used, shown]))
    return this.#exchangePorts(text, back).replaceAll(resolve('.'), '…')
  }

  async remove(): Promise<void> {
    await this.#stopWorkbench()
    await this.#commands.remove()
  }

  #exchangePorts(text: string, ports: ReadonlyMap<string, string>): string {
    return text.replaceAll(
      /(localhost:|127\.0\.0\.1:|--port[ =]|\b(?:\w+_)?PORT=|\bport )(\d+)/g,
      (_, before: string, port: string) => before + (ports.get(port) ?? port),
    )
  }

  async #stopWorkbench(): Promise<void> {
    this.#running?.run.child.kill('SIGINT')
    await this.#running?.run.exit
    this.#running = undefined
  }
}
