import { randomUUID } from 'node:crypto'
import type { Revocation } from '@session-vs-jwt/users'
import type {
  FamilySettings,
  PresentedToken,
  RefreshFamily,
  RefreshFamilyStore,
  Rotation,
  RotationResult,
  TokenState,
} from './refresh-family-store.js'

interface StoredFamily {
  family: RefreshFamily
  /** The hash of each token -> whether it is live, or the end of its grace period in milliseconds. */
  tokens: Map<string, 'live' | number>
}

/**
 * Refresh families in this process, for tests, and as the model of the other stores: they do in Lua and in
 * SQL what this class does in the language of the server. No method awaits anything, so each is atomic.
 */
export class MemoryRefreshFamilies implements RefreshFamilyStore {
  readonly place: string = `refresh families in process ${randomUUID()}`
  readonly #families = new Map<string, StoredFamily>()
  readonly #deniedUntil = new Map<string, number>()
  readonly #settings: Pick<FamilySettings, 'clock' | 'denyMs'>

  constructor(settings: Pick<FamilySettings, 'clock' | 'denyMs'>) {
    this.#settings = settings
  }

  async start(family: RefreshFamily, tokenHash: string): Promise<void> {
    this.#families.set(family.id, { family, tokens: new Map([[tokenHash, 'live']]) })
  }

  async check(token: PresentedToken): Promise<TokenState> {
    return this.#stateOf(token)
  }

  async rotate(token: PresentedToken, rotation: Rotation): Promise<RotationResult> {
    const state = this.#stateOf(token)
    const stored = this.#of(token.userId, token.familyId)
    if (state !== 'live' || !stored) return { state: state === 'live' ? 'gone' : state }
    const { family, tokens } = stored
    if (tokens.get(token.tokenHash) === 'live') tokens.set(token.tokenHash, rotation.graceUntil)
    for (const [hash, it] of tokens) if (it !== 'live' && it <= this.#now()) tokens.delete(hash)
    tokens.set(rotation.newTokenHash, 'live')
    const liveUntil = Math.min(rotation.liveUntil, family.absoluteUntil)
    stored.family = { ...family, liveUntil }
    return { state, absoluteUntil: family.absoluteUntil }
  }

  async list(userId: string): Promise<RefreshFamily[]> {
    const all = [...this.#families.values()].map(({ family }) => family)
    return all.filter((family) => family.userId === userId)
  }

  async end(userId: string, familyId: string): Promise<boolean> {
    if (!this.#of(userId, familyId)) return false
    const { denyMs } = this.#settings
    if (denyMs > 0) this.#deniedUntil.set(familyId, this.#now() + denyMs)
    return this.#families.delete(familyId)
  }

  async endAll(userId: string): Promise<void> {
    for (const { id } of await this.list(userId)) await this.end(userId, id)
  }

  async endDevices({ userId, passwordVersion, keptDevice }: Revocation): Promise<void> {
    for (const family of await this.list(userId)) {
      const isRevoked = family.id !== keptDevice && family.passwordVersion < passwordVersion
      if (isRevoked) await this.end(userId, family.id)
    }
  }

  async isDenied(_userId: string, familyId: string): Promise<boolean> {
    return (this.#deniedUntil.get(familyId) ?? 0) > this.#now()
  }

  /** Ends the family of a token that was spent. */
  #stateOf({ userId, familyId, tokenHash }: PresentedToken): TokenState {
    const token = this.#of(userId, familyId)?.tokens
    if (!token) return 'gone'
    const state = token.get(tokenHash)
    if (state === 'live' || (state !== undefined && state > this.#now())) return 'live'
    void this.end(userId, familyId)
    return 'spent'
  }

  #of(userId: string, familyId: string): StoredFamily | undefined {
    const stored = this.#families.get(familyId)
    return stored?.family.userId === userId ? stored : undefined
  }

  #now(): number {
    return this.#settings.clock().getTime()
  }
}
