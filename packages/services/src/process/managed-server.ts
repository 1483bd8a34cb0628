import { RESET_ADVICE, ServiceError } from '../service-error.js'
import { acquireLock, type FolderLock } from './folder-lock.js'
import { freePort } from './free-port.js'
import { isDiskFull } from './full-disk.js'
import { type ServerCommand, ServerProcess } from './server-process.js'

/** What a server needs beyond being run. */
export interface ServerRecipe {
  command(port: number): ServerCommand
  /** Returns when the server answers, or when it has exited; throws if it does neither in time. */
  waitUntilReady(server: ServerProcess, port: number): Promise<void>
}

/** Which server, and the file that its one owner holds. */
export interface ServerPlace {
  readonly what: string
  readonly lockPath: string
  /** Where its lasting data are, if it has any. */
  readonly data?: string | undefined
  /** A free one if there is none here. */
  readonly port?: number | undefined
}

const PORT_ATTEMPTS = 5
const PORT_TAKEN = /address already in use/i

/** A server that only this process runs on its folder, and that it can stop and start again. */
export class ManagedServer {
  readonly port: number
  readonly #place: ServerPlace
  readonly #recipe: ServerRecipe
  #lock: FolderLock | undefined
  #server: ServerProcess

  private constructor(
    place: ServerPlace,
    recipe: ServerRecipe,
    lock: FolderLock,
    started: { server: ServerProcess; port: number },
  ) {
    this.#place = place
    this.#recipe = recipe
    this.#lock = lock
    this.#server = started.server
    this.port = started.port
  }

  /** Takes the lock, lets `prepare` get everything ready, and starts. */
  static async start(
    place: ServerPlace,
    prepare: () => Promise<ServerRecipe>,
  ): Promise<ManagedServer> {
    const lock = acquireLock(place.lockPath, place.what)
    try {
      const recipe = await prepare()
      return new ManagedServer(place, recipe, lock, await startAt(place, recipe))
    } catch (error) {
      lock.release()
      throw error
    }
  }

  pids(): number[] {
    return this.#server.pids()
  }

  get hasExited(): boolean {
    return this.#server.hasExited
  }

  /** Resolves when the process that runs now is gone, whoever wanted that. */
  get exited(): Promise<void> {
    return this.#server.exited
  }

  /** What the server printed last. */
  lastWords(): string {
    return this.#server.lastWords()
  }

  /** An orderly end; gives the folder back. */
  async stop(): Promise<void> {
    await this.#server.stop()
    this.#lock?.release()
    this.#lock = undefined
  }

  async kill(): Promise<void> {
    await this.#server.kill()
  }

  pause(): void {
    this.#server.pause()
  }

  resume(): void {
    this.#server.resume()
  }

  async restart(): Promise<void> {
    if (this.#server.hasExited) await this.#server.kill()
    else await this.#server.stop()
    this.#lock ??= acquireLock(this.#place.lockPath, this.#place.what)
    this.#server = await startOn(this.port, this.#recipe)
    if (this.#server.hasExited) throw exited(this.#place, this.#server)
  }
}

async function startAt(
  place: ServerPlace,
  recipe: ServerRecipe,
): Promise<{ server: ServerProcess; port: number }> {
  const { port: given } = place
  for (let attempt = 1; ; attempt += 1) {
    const port = given ?? (await freePort())
    const server = await startOn(port, recipe)
    if (!server.hasExited) return { server, port }
    // Somebody may have taken the port since it was seen free.
    const wasTaken = PORT_TAKEN.test(server.lastWords())
    if (!wasTaken || given !== undefined || attempt === PORT_ATTEMPTS) throw exited(place, server)
  }
}

async function startOn(port: number, recipe: ServerRecipe): Promise<ServerProcess> {
  const server = new ServerProcess(recipe.command(port))
  try {
    await recipe.waitUntilReady(server, port)
    return server
  } catch (error) {
    await server.kill()
    throw error
  }
}

function exited({ what, data }: ServerPlace, server: ServerProcess): ServiceError {
  const words = server.lastWords()
  const message = `${what} ended as it started:\n${words}`
  if (!data || PORT_TAKEN.test(words) || isDiskFull(words)) {
    return new ServiceError('start-failed', message)
  }
  const ifDamaged = `If these lines speak of damaged or missing files: the data are in ${data}.`
  return new ServiceError('start-failed', `${message}\n${ifDamaged} ${RESET_ADVICE}`)
}
