import { join } from 'node:path'
import { type ServerSecrets, serverSecrets } from '@session-vs-jwt/workbench'
import { Ceilings } from '../load/ceilings.js'
import { LoadGenerator } from '../load/load-generator.js'
import { derivedSeed, type RandomSource, seededRandom } from '../statistics/random.js'
import type { StartedServer } from '../subjects/started-server.js'
import { type BenchStores, startStores } from './bench-stores.js'
import type { Settings } from './settings.js'

export interface BenchPlace {
  /** For logs and keys of this run; it goes with it. */
  readonly folder: string
  /** Ends what is under way. */
  readonly signal: AbortSignal
  /** What every process needs to run here. */
  readonly machineEnv: Readonly<Record<string, string>>
  readonly onProgress: (line: string) => void
}

/** What a measurement finds around it: stores, keys, load generators, a folder of its own. */
export class Bench {
  readonly settings: Settings
  readonly place: BenchPlace
  readonly generator: LoadGenerator = LoadGenerator.start()
  readonly ceilings: Ceilings
  /** Drawn with the seed, as everything that is left to chance. */
  readonly random: RandomSource
  #background: LoadGenerator | undefined
  #stores: Promise<BenchStores> | undefined
  readonly #secrets = new Map<string, Promise<ServerSecrets>>()
  readonly #shared = new Map<string, Promise<StartedServer>>()
  #logs = 0

  constructor(settings: Settings, place: BenchPlace) {
    this.settings = settings
    this.place = place
    this.ceilings = new Ceilings(this)
    this.random = seededRandom(derivedSeed(settings.seed, 'bench'))
  }

  get signal(): AbortSignal {
    return this.place.signal
  }

  /** Sends another load while the first is measured. */
  get background(): LoadGenerator {
    this.#background ??= LoadGenerator.start()
    return this.#background
  }

  /** Started when the first scenario wants them. */
  async stores(): Promise<BenchStores> {
    this.#stores ??= startStores(this.place.onProgress)
    return this.#stores
  }

  /** If there are any by now. */
  async startedStores(): Promise<BenchStores | undefined> {
    return this.#stores?.catch(() => undefined)
  }

  async secrets(algorithm: 'HS256' | 'RS256' | 'ES256' = 'HS256'): Promise<ServerSecrets> {
    const folder = join(this.place.folder, 'secrets')
    const secrets = this.#secrets.get(algorithm) ?? serverSecrets(folder, algorithm)
    this.#secrets.set(algorithm, secrets)
    return secrets
  }

  /** A file for what the next process prints. */
  nextLog(name: string): string {
    this.#logs += 1
    return join(this.place.folder, 'logs', `${this.#logs}-${name}.log`)
  }

  /**
   * A server of its own for each who asks. In one quick round, one for all who ask for the same, which lives as long as
   * the run; several rounds must not share a process.
   */
  async server(key: string, start: () => Promise<StartedServer>): Promise<StartedServer> {
    const { quick, rounds } = this.settings
    if (!quick || rounds > 1) return start()
    const before = this.#shared.get(key)
    const isThere = before !== undefined && (await before).isRunning()
    const shared = isThere ? before : start()
    this.#shared.set(key, shared)
    return { ...(await shared), stop: async () => undefined }
  }

  async stop(): Promise<void> {
    await Promise.all([this.generator.stop(), this.#background?.stop()])
    const shared = await Promise.allSettled(this.#shared.values())
    await Promise.all(shared.map(async (it) => it.status === 'fulfilled' && it.value.stop()))
    const stores = await this.startedStores()
    await stores?.stop()
  }
}
