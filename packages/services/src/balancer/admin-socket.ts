import { connect } from 'node:net'
import { ServiceError } from '../service-error.js'

/** How an instance stands with the balancer, in one group of instances. */
export interface ServerStat {
  readonly backend: string
  readonly instance: string
  /** `UP`, `DOWN`, `MAINT`, `UP 1/2` and the like. */
  readonly status: string
  /** Requests that it has and has not answered, and those that wait for it. */
  readonly busy: number
}

/** Requests of one balancer's administrator, by its Runtime API. */
export class AdminSocket {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** @throws {ServiceError} `refused`, if the balancer has anything to say against one of them */
  async tell(...commands: readonly string[]): Promise<void> {
    const said = (await this.ask(commands.join('; '))).trim()
    if (said !== '') throw new ServiceError('refused', `The balancer: ${said}`)
  }

  /** @throws {ServiceError} `unreachable` */
  async ask(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = ''
      const socket = connect(this.#path)
      socket.setEncoding('utf8').on('data', (text: string) => (said += text))
      socket.once('end', () => resolve(said))
      socket.once('error', (cause: NodeJS.ErrnoException) =>
        reject(
          new ServiceError('unreachable', `The balancer does not answer (${cause.code}).`, {
            cause,
          }),
        ),
      )
      socket.write(`${command}\n`)
    })
  }

  /** Every instance, in every group that it is in. */
  async stats(): Promise<ServerStat[]> {
    // Of any proxy, what is a server, by any name.
    const rows = JSON.parse(await this.ask('show stat -1 4 -1 json')) as StatField[][]
    return rows.map((fields) => {
      const values = new Map(fields.map(({ field, value }) => [field.name, value.value]))
      return {
        backend: String(values.get('pxname')),
        instance: String(values.get('svname')),
        status: String(values.get('status')),
        busy: Number(values.get('scur')) + Number(values.get('qcur') ?? 0),
      }
    })
  }
}

/** As far as it is read here. */
interface StatField {
  readonly field: { readonly name: string }
  readonly value: { readonly value: string | number }
}
