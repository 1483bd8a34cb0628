import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-contract'
import { BearerClient, type Registration } from '@session-vs-jwt/workbench'
import { Device, type Reply } from '../../device.js'
import type { TestServer } from '../../start-server.js'
import {
  type Command,
  DEVICES,
  type DeviceName,
  type Nickname,
  type Password,
  type UserName,
} from './command.js'
import type { Answer } from './moment.js'
import type { Step } from './step.js'

interface Carried {
  readonly device: Device
  /** The login that it began or copied last, as `/auth/devices` names it. */
  readonly loginId?: string | undefined
  readonly postId?: string | undefined
}

interface Sent {
  readonly command: Command
  readonly before: Device
  readonly sender: Device
  readonly reply: Reply
}

/** Sends commands to a server and words the answers as the model does. Its users are new. */
export class Driver {
  readonly #server: TestServer
  readonly #run = randomBytes(6).toString('hex')
  readonly #startedAt: number
  readonly #carried: Record<DeviceName, Carried>

  constructor(server: TestServer) {
    this.#server = server
    this.#startedAt = server.clock.now().getTime()
    const carried = DEVICES.map((name): [DeviceName, Carried] => [
      name,
      { device: new Device(server) },
    ])
    this.#carried = Object.fromEntries(carried) as Record<DeviceName, Carried>
  }

  /** The answers, if there was something to send. */
  async take(step: Step): Promise<Answer[]> {
    if ('send' in step) return this.#send(step.send)
    if ('wait' in step) this.#server.clock.advance(step.wait * 60)
    else this.#copy(step.copyOf, step.to)
    return []
  }

  #copy(from: DeviceName, to: DeviceName): void {
    const { device, loginId } = this.#carried[from]
    this.#carried[to] = { ...this.#carried[to], device: device.copy(), loginId }
  }

  /** All at once: each from a copy of its device, which then takes what the copies were given. */
  async #send(commands: readonly Command[]): Promise<Answer[]> {
    const sent = commands.map((command) => {
      const { device } = this.#carried[command.by]
      return { command, before: device, sender: device.copy() }
    })
    const replies = await Promise.all(
      sent.map(async (it) => {
        if (commands.length > 1 && it.command.lag) await delay(it.command.lag)
        return { ...it, reply: await this.#request(it.command, it.sender) }
      }),
    )
    for (const it of replies) this.#take(it)
    return replies.map(({ command, reply }) => this.#word(command, reply))
  }

  async #request(command: Command, device: Device): Promise<Reply> {
    switch (command.do) {
      case 'register':
        return device.register(this.#registration(command.as, command.nickname, 'first'))
      case 'login':
        return device.login(this.#registration(command.as, command.as, command.password))
      case 'whoami':
        return device.whoami()
      case 'profile':
        return device.send('GET', paths.me)
      case 'renew':
        return device.renew()
      case 'rotate':
        return device.rotate()
      case 'logout':
        return device.logout()
      case 'logout by refresh':
        return this.#byRefresh(device).logout()
      case 'logout all':
        return device.logoutAll()
      case 'devices':
        return device.devices()
      case 'end': {
        const { loginId = randomUUID() } = this.#carried[command.device]
        return device.send('DELETE', `${paths.devices}/${loginId}`)
      }
      case 'change password': {
        const [currentPassword, password] = [command.from, command.to].map((it) =>
          this.#password(it),
        )
        return device.send('PATCH', paths.me, { currentPassword, password })
      }
      case 'rename':
        return device.send('PATCH', paths.me, { nickname: this.#named(command.to) })
      case 'write':
        return device.send('POST', paths.posts, { title: `written by ${command.by}`, body: 'text' })
      case 'read':
        return device.send('GET', this.#postPath(command.postOf))
      case 'delete':
        return device.send('DELETE', this.#postPath(command.postOf))
    }
  }

  #byRefresh(device: Device): Device {
    if (device.client.server === 'session') return device
    const tokens = device.refresh === '' ? {} : { accessToken: device.refresh }
    return new Device(new BearerClient(device.client.baseUrl, tokens))
  }

  #postPath(by: DeviceName): string {
    const { postId = randomUUID() } = this.#carried[by]
    return `${paths.posts}/${postId}`
  }

  #take({ command, before, sender, reply }: Sent): void {
    const { by, do: verb } = command
    const changed = sender.access !== before.access || sender.refresh !== before.refresh
    const news: Partial<Carried> = {
      ...(changed && { device: sender }),
      ...(reply.status < 300 && this.#learned(verb, reply.body)),
    }
    this.#carried[by] = { ...this.#carried[by], ...news }
  }

  /** Which device one is, only the list of devices tells. */
  #learned(verb: Command['do'], body: Reply['body']): Partial<Carried> {
    if (verb === 'write') return { postId: body.post.id }
    if (verb === 'login' || verb === 'register') return { loginId: undefined }
    if (verb !== 'devices') return {}
    const current = body.devices.find((it: { current: boolean }) => it.current)
    return current ? { loginId: current.id } : {}
  }

  #word({ do: verb }: Command, { status, body }: Reply): Answer {
    if (status >= 400) return `${status} ${body.code}`
    return [status, ...this.#facts(verb, body)].join(' ')
  }

  #facts(verb: Command['do'], body: Reply['body']): string[] {
    if (verb === 'devices') {
      const current = body.devices.filter((it: { current: boolean }) => it.current)
      return [`${body.devices.length} devices, ${current.length} current`]
    }
    const { email, nickname } = body.user ?? body
    return [
      ...(email ? [this.#nameIn(email)] : []),
      ...(nickname ? [this.#nameIn(nickname)] : []),
      ...(body.expiresAt ? [`until ${this.#minute(body.expiresAt)}`] : []),
      ...(verb === 'read' ? [body.post.title] : []),
    ]
  }

  #registration(user: UserName, nickname: Nickname, password: Password): Registration {
    return {
      nickname: this.#named(nickname),
      email: `${this.#named(user)}@example.org`,
      password: this.#password(password),
    }
  }

  #named(name: Nickname): string {
    return `${name}-${this.#run}`
  }

  #nameIn(text: string): string {
    return text.replace(`-${this.#run}`, '').replace('@example.org', '')
  }

  #password(which: Password): string {
    return `the ${which}: ${this.#run}`
  }

  /** Each request moves the clock by milliseconds, while the times of the contract are whole minutes. */
  #minute(time: string): number {
    return Math.round((Date.parse(time) - this.#startedAt) / 60_000)
  }
}
