import { type ContainerRuntimeClient, type StartedTestContainer } from 'testcontainers'
import { freePort } from '../process/free-port.js'
import { ServiceError } from '../service-error.js'
import { containerEngine } from './container-engine.js'
import { LoopbackContainer } from './loopback-container.js'
import { pullImage, type WantedImage } from './pull-image.js'

/** How to run a service in a container. */
export interface ContainerRecipe extends WantedImage {
  /** The port that it listens on inside. */
  readonly port: number
  /** Environment, command and files. */
  readonly furnish: (container: LoopbackContainer) => void
  /** Whether it answers at `host:port`. */
  readonly answers: (place: Place) => Promise<boolean>
}

/** Where a service is reached. */
export interface Place {
  readonly host: string
  readonly port: number
}

const READY_WITHIN_MS = 60_000
const PORT_ATTEMPTS = 5

/** A service in a container of its own, which goes with all its data at `stop`. */
export class ServiceContainer {
  readonly place: Place
  readonly #started: StartedTestContainer

  private constructor(started: StartedTestContainer, place: Place) {
    this.#started = started
    this.place = place
  }

  /**
   * Starts it on a free port. Throws `docker-missing`, `docker-refused`, `image-missing`,
   * `start-failed` or `start-timed-out`; nothing of a start that failed is left.
   */
  static async start(recipe: ContainerRecipe): Promise<ServiceContainer> {
    await pullImage(recipe)
    for (let attempt = 1; ; attempt += 1) {
      try {
        const place = await newPlace()
        return new ServiceContainer(await startOn(place, recipe), place)
      } catch (error) {
        // Somebody may have taken the port since it was seen free.
        const wasTaken = /port is already allocated|address already in use/i.test(String(error))
        if (!wasTaken || attempt === PORT_ATTEMPTS) throw error
      }
    }
  }

  async stop(): Promise<void> {
    await this.#started.stop()
  }

  async isRunning(): Promise<boolean> {
    const { State } = await (await this.#container()).inspect()
    return State.Running
  }

  /** SIGKILL to all of it. The data stays. */
  async kill(): Promise<void> {
    await (await this.#container()).kill()
  }

  /** Nothing in it runs on, connections stay open. */
  async pause(): Promise<void> {
    await (await this.#container()).pause()
  }

  async resume(): Promise<void> {
    await (await this.#container()).unpause()
  }

  async restart(): Promise<void> {
    await this.#started.restart()
  }

  async #container(): Promise<ReturnType<ContainerRuntimeClient['container']['getById']>> {
    const { container } = await containerEngine()
    return container.getById(this.#started.getId())
  }
}

async function newPlace(): Promise<Place> {
  const { info } = await containerEngine()
  const { host } = info.containerRuntime
  return { host: host === 'localhost' ? '127.0.0.1' : host, port: await freePort() }
}

async function startOn(place: Place, recipe: ContainerRecipe): Promise<StartedTestContainer> {
  const address = place.host === '127.0.0.1' ? place.host : undefined
  const container = new LoopbackContainer(recipe.image, {
    inside: recipe.port,
    outside: place.port,
    address,
  })
  recipe.furnish(container)
  container.untilAnswers(() => recipe.answers(place), READY_WITHIN_MS)
  try {
    return await container.start()
  } catch (error) {
    await container.remove()
    throw explain(error as Error, recipe, container.lastWords())
  }
}

function explain(error: Error, { what, image }: ContainerRecipe, words: string): ServiceError {
  const timedOut = /not accessible after/.test(error.message)
  const how = timedOut ? 'did not get ready in a minute' : 'ended as it started'
  const said = words ? `:\n${words}` : ` (${error.message})`
  return new ServiceError(
    timedOut ? 'start-timed-out' : 'start-failed',
    `${what} in a container of ${image} ${how}${said}`,
    { cause: error },
  )
}
