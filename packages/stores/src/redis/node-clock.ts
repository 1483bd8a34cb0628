import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'

type Command = Parameters<Redis['sendCommand']>[0]

/** After a clock could not be read, while the connection is there. */
const READ_AGAIN_AFTER_MS = 100

/** The moment, on the monotonic clock of this process, at which a command is given up. */
const givesUpAt = new WeakMap<Command, number>()

/**
 * The clock of one Redis server: read at each connect and carried on with the monotonic clock of this
 * process, so that neither a wrong wall clock here nor one that jumps moves a deadline; and read anew
 * when Redis shows by a refusal that its own was set. Each node of a
 * cluster has a clock of its own, and so has the replica that sentinels put in a master's place: a
 * deadline becomes a moment of the server's clock only as the command is sent there, again where the
 * cluster redirects it. Until the clock is known, no script is sent.
 */
export class NodeClock {
  /** Settles when the clock was read for the first time, or never will be. */
  readonly known: Promise<void>
  readonly #node: Redis
  #offset: number | undefined
  #whyUnknown: unknown
  #isKnown: () => void = () => undefined

  constructor(node: Redis) {
    this.#node = node
    this.known = new Promise((resolve) => {
      this.#isKnown = resolve
    })
    node.on('ready', () => void this.#read())
    node.on('close', () => {
      this.#offset = undefined
    })
    node.once('end', this.#isKnown)
    this.#putDeadlinesOnThisClock()
  }

  async #read(): Promise<void> {
    while (this.#node.status === 'ready' && this.#offset === undefined) {
      const sentAt = performance.now()
      try {
        const [seconds, microseconds] = await this.#node.time()
        const halfWay = (sentAt + performance.now()) / 2
        this.#offset = Number(seconds) * 1000 + Number(microseconds) / 1000 - halfWay
        this.#isKnown()
      } catch (error) {
        this.#whyUnknown = error
        await delay(READ_AGAIN_AFTER_MS, undefined, { ref: false })
      }
    }
  }

  #putDeadlinesOnThisClock(): void {
    const node = this.#node
    const send = node.sendCommand.bind(node)
    node.sendCommand = (command, stream) => {
      const at = deadlineIndex(command)
      if (at === undefined) return send(command, stream)
      const moment = givesUpAt.get(command) ?? Number(command.args[at])
      givesUpAt.set(command, moment)
      if (this.#offset === undefined && node.status === 'ready')
        return refused(command, 'too early', this.#whyUnknown)
      if (performance.now() > moment) return refused(command, 'too late')
      command.args[at] = String(Math.round((this.#offset ?? 0) + moment))
      command.promise.catch((error: Error) => {
        // Refused by Redis before it was given up here: its clock was set.
        if (error.message.startsWith('LATE') && performance.now() < moment) this.#readAnew()
      })
      const sent = send(command, stream)
      refuseNotBefore(moment, command)
      return sent
    }
  }

  #readAnew(): void {
    // Somebody else is at it.
    if (this.#offset === undefined) return
    this.#offset = undefined
    void this.#read()
  }
}

/**
 * What was sent and gets no answer is done if Redis reads it before its moment, also when the connection was
 * given up here meanwhile: until then nobody may be told that it is refused.
 */
function refuseNotBefore(moment: number, command: Command): void {
  const { reject } = command
  command.reject = (error) => {
    const leftMs = error.name === 'ReplyError' ? 0 : moment - performance.now()
    if (leftMs > 0) setTimeout(reject, leftMs, error)
    else reject(error)
  }
}

function refused(command: Command, why: string, cause?: unknown): unknown {
  command.reject(new Error(`LATE ${why} to be sent`, { cause }))
  return command.promise
}

/** Where a script has its deadline: `EVALSHA sha numberOfKeys key … deadline argument …`. */
function deadlineIndex({ name, args }: Command): number | undefined {
  return name === 'evalsha' || name === 'eval' ? 2 + Number(args[1]) : undefined
}
