import type { DeviceStore, Revocation } from '../src/revocation.js'

interface TestDevice {
  readonly id: string
  readonly userId: string
  readonly passwordVersion: number
}

/** Devices in this process, in a store that can fail. */
export class TestDevices implements DeviceStore {
  readonly place = 'test'
  /** Called before each revocation; what it throws is what the store answers. */
  beforeEnding: (call: number) => unknown = () => undefined
  #calls = 0
  #devices: TestDevice[] = []

  begin(id: string, userId: string, passwordVersion: number): void {
    this.#devices.push({ id, userId, passwordVersion })
  }

  async endDevices({ userId, passwordVersion, keptDevice }: Revocation): Promise<void> {
    await this.beforeEnding((this.#calls += 1))
    this.#devices = this.#devices.filter(
      (it) => it.userId !== userId || it.id === keptDevice || it.passwordVersion >= passwordVersion,
    )
  }

  get calls(): number {
    return this.#calls
  }

  get ids(): string[] {
    return this.#devices.map(({ id }) => id)
  }
}
