import { GenericContainer, getContainerRuntimeClient, StartupCheckStrategy } from 'testcontainers'

type Docker = Parameters<StartupCheckStrategy['checkStartupState']>[0]

/** Ready when `answers` says so; failed when the container has ended before. */
class Answering extends StartupCheckStrategy {
  readonly #answers: () => Promise<boolean>

  constructor(answers: () => Promise<boolean>) {
    super()
    this.#answers = answers
  }

  override async checkStartupState(
    docker: Docker,
    id: string,
  ): Promise<'SUCCESS' | 'PENDING' | 'FAIL'> {
    if (await this.#answers()) return 'SUCCESS'
    const { State } = await docker.getContainer(id).inspect()
    return State.Running ? 'PENDING' : 'FAIL'
  }
}

const LAST_LINES = 12

/** A container whose port is published on one port of one address, and that leaves nothing behind. */
export class LoopbackContainer extends GenericContainer {
  #id: string | undefined
  #output = ''

  constructor(
    image: string,
    port: {
      readonly inside: number
      readonly outside: number
      readonly address: string | undefined
    },
  ) {
    super(image)
    this.withExposedPorts({ container: port.inside, host: port.outside })
    // testcontainers would publish it on every address of this machine.
    const binding = {
      HostPort: String(port.outside),
      ...(port.address && { HostIp: port.address }),
    }
    this.hostConfig.PortBindings = { [`${port.inside}/tcp`]: [binding] }
    this.withLogConsumer((stream) => {
      stream.on('data', (chunk) => (this.#output += String(chunk)))
    })
  }

  untilAnswers(answers: () => Promise<boolean>, withinMs: number): this {
    return this.withWaitStrategy(new Answering(answers)).withStartupTimeout(withinMs)
  }

  /** The end of what it printed. */
  lastWords(): string {
    return this.#output.trim().split('\n').slice(-LAST_LINES).join('\n')
  }

  protected override async containerCreated(id: string): Promise<void> {
    this.#id = id
  }

  /** Removes what a start that failed has left. */
  async remove(): Promise<void> {
    if (this.#id === undefined) return
    const { container } = await getContainerRuntimeClient()
    await container
      .getById(this.#id)
      .remove({ force: true, v: true })
      .catch(() => {})
  }
}
