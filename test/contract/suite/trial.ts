import {
  describeFailure,
  type Exchange,
  type Promises,
  type Registration,
} from '@session-vs-jwt/workbench'
import { type Answer, Device, newAccount, newClient } from '../../device.js'
import { AnswerCheck } from './answer-check.js'
import { RowFailure } from './row-failure.js'
import {
  allowed,
  type Control,
  type Instance,
  type InstanceOptions,
  type Several,
  type Target,
} from './target.js'

interface Address {
  readonly url: string
}

/** What one row is given: devices at the server, and what its strategy promises. */
export class Trial {
  readonly target: Target
  /** What the server was seen to do where strategies differ. */
  readonly seen: { -readonly [Key in keyof Promises]?: Promises[Key] } = {}
  readonly #instances: { stop(): Promise<void> }[] = []
  /** Sees every answer of this trial, and of those before it. */
  readonly check: AnswerCheck

  constructor(target: Target, check: AnswerCheck = new AnswerCheck(target.server, target.url)) {
    this.target = target
    this.check = check
  }

  /** A device that holds nothing. */
  device({ url }: Address = this.target): Device {
    const { server, withinMs } = this.target
    const onExchange = (exchange: Exchange): void => this.check.see(exchange)
    return new Device(newClient(url, server, { withinMs, onExchange }))
  }

  /** A device of a new account. */
  async registered(
    at: Address = this.target,
    account: Registration = newAccount(),
  ): Promise<{ device: Device; account: Registration; answer: Answer }> {
    const device = this.device(at)
    const answer = await device.register(account)
    if (answer.status !== 201) throw setupFailure(answer, 'a registration that works')
    return { device, account, answer }
  }

  /** A further device of a known account. */
  async loggedIn(account: Registration, at: Address = this.target): Promise<Device> {
    const device = this.device(at)
    const answer = await device.login(account)
    if (answer.status !== 200) throw setupFailure(answer, 'a login that works')
    return device
  }

  /** For rows that say what they need. */
  get control(): Control {
    const { control } = this.target
    if (!control) throw new Error('this row does not say that it needs control of the server')
    return control
  }

  /** An instance for this row alone; it is stopped when the row ends. */
  async start(options?: InstanceOptions): Promise<Instance> {
    const instance = await this.control.start(options)
    this.#instances.push(instance)
    return instance
  }

  /** Several behind a balancer, for this row alone. */
  async startSeveral(): Promise<Several> {
    const several = await this.control.startSeveral?.()
    if (!several) throw new Error('this row needs a balancer, and there is none')
    this.#instances.push(several)
    return several
  }

  async stopInstances(): Promise<void> {
    await Promise.all(this.#instances.map((it) => it.stop()))
  }

  /** A number for each value that may be promised: statuses, mostly. */
  promised<Key extends keyof Promises>(
    key: Key,
    numbers: Readonly<Record<`${Extract<Promises[Key], string | boolean>}`, number>>,
  ): number[] {
    return allowed(this.target, key).map(
      (it) => numbers[`${it as string | boolean}` as keyof typeof numbers],
    )
  }
}

function setupFailure({ exchange }: Answer, expected: string): RowFailure {
  const failure = describeFailure(exchange, expected)
  return new RowFailure(failure, true)
}
