import type { ServerSecrets } from '@session-vs-jwt/workbench'
import { serverSecrets } from '@session-vs-jwt/workbench'
import { join } from 'node:path'
import { LoadGenerator } from '../load/load-generator.js'
import type { BenchStores } from './bench-stores.js'
import { startStores } from './bench-stores.js'
import type { Settings } from './settings.js'

/** What a measurement finds around it: stores, keys, a load generator, a folder of its own. */
export class Bench {
  readonly settings: Settings
  /** For data, logs and keys of this run; it goes with it. */
  readonly folder: string
  /** Ends what is under way. */
  readonly signal: AbortSignal
  readonly generator: LoadGenerator
  /** What every process needs to run here. */
  readonly machineEnv: Readonly<Record<string, string>>
  readonly #onProgress: (line: string) => void
  #stores: Promise<BenchStores> | undefined
  #secrets: Promise<ServerSecrets> | undefined
  #logs = 0

  constructor(
    settings: Settings,
    place: {
      folder: string
      signal: AbortSignal
      machineEnv: Readonly<Record<string, string>>
      onProgress: (line: string) => void
    },
  ) {
    this.settings = settings
    this.folder = place.folder
    this.signal = place.signal
    this.machineEnv = place.machineEnv
    this.#onProgress = place.onProgress
    this.generator = LoadGenerator.start()
  }

  /** Started when the first scenario wants them. */
  async stores(): Promise<BenchStores> {
    this.#stores ??= startStores(join(this.folder, 'stores'), this.#onProgress)
    return this.#stores
  }

  /** If there are any by now. */
  async startedStores(): Promise<BenchStores | undefined> {
    return this.#stores?.catch(() => undefined)
  }

  async secrets(): Promise<ServerSecrets> {
    this.#secrets ??= serverSecrets(join(this.folder, 'secrets'), 'HS256')
    return this.#secrets
  }

  /** A file for what the next process prints. */
  nextLog(name: string): string {
    this.#logs += 1
    return join(this.folder, 'logs', `${this.#logs}-${name}.log`)
  }

  async stop(): Promise<void> {
    await this.generator.stop()
    const stores = await this.startedStores()
    await stores?.stop()
  }
}
