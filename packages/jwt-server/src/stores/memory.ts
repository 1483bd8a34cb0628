import { randomUUID } from 'node:crypto'
import type { Revocation } from '@session-vs-jwt/users'
import type {
  FamilySettings,
  PresentedToken,
  RefreshFamily,
  RefreshFamilyStore,
  Rotation,
  RotationResult,
} from './refresh-family-store.js'
import { decide, type TokenRecord } from './spent-token-policy.js'

interface StoredFamily {
  family: RefreshFamily
  /** By the hash of the token. */
  readonly tokens: Map<string, TokenRecord>
}

type MemorySettings = Pick<FamilySettings, 'clock' | 'policy' | 'denyMs' | 'generationMs'>

/**
 * Refresh families in this process, for tests, and as the model of the other stores: they do in Lua and in
 * SQL what this class does in the language of the server. No method awaits anything, so each is atomic.
 */
export class MemoryRefreshFamilies implements RefreshFamilyStore {
  readonly place: string = `refresh families in process ${randomUUID()}`
  readonly #families = new Map<string, StoredFamily>()
  readonly #deniedUntil = new Map<string, number>()
  readonly #generations = new Map<string, number>()
  readonly #settings: MemorySettings

  constructor(settings: MemorySettings) {
    this.#settings = settings
  }

  async start(family: RefreshFamily, tokenHash: string): Promise<void> {
    this.#families.set(family.id, { family, tokens: new Map([[tokenHash, 'live']]) })
  }

  async rotate(token: PresentedToken, rotation: Rotation): Promise<RotationResult> {
    const stored = this.#of(token.userId, token.familyId)
    if (!stored) return { outcome: 'gone' }
    const { absoluteUntil } = stored.family
    const record = stored.tokens.get(token.tokenHash)
    const times = { now: this.#now(), graceUntil: rotation.graceUntil }
    const found = {
      token: record,
      hasNext: stored.tokens.has(rotation.newTokenHash),
      liveTokens: [...stored.tokens.values()].filter((it) => it === 'live').length,
    }
    switch (decide(this.#settings.policy, found, times)) {
      case 'rotate':
        this.#replace(stored, token.tokenHash, rotation)
        return { outcome: 'rotate', absoluteUntil }
      case 'repeat':
        return { outcome: 'repeat', absoluteUntil, graceUntil: graceOf(record) }
      case 'refuse':
        return { outcome: 'refuse' }
      case 'end':
        await this.end(token.userId, token.familyId)
        return { outcome: 'end' }
    }
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
    this.#beginGeneration(userId)
    for (const { id } of await this.list(userId)) await this.end(userId, id)
  }

  async endDevices({ userId, passwordVersion, keptDevice }: Revocation): Promise<void> {
    this.#beginGeneration(userId)
    for (const family of await this.list(userId)) {
      const isRevoked = family.id !== keptDevice && family.passwordVersion < passwordVersion
      if (isRevoked) await this.end(userId, family.id)
    }
  }

  async isDenied(_userId: string, familyId: string): Promise<boolean> {
    return (this.#deniedUntil.get(familyId) ?? 0) > this.#now()
  }

  async generationOf(userId: string): Promise<number> {
    return this.#generations.get(userId) ?? 0
  }

  #beginGeneration(userId: string): void {
    if (this.#settings.generationMs === undefined) return
    const last = this.#generations.get(userId) ?? 0
    this.#generations.set(userId, Math.max(this.#now(), last + 1))
  }

  /** A token that was spent before keeps the grace period that it has. */
  #replace(stored: StoredFamily, oldHash: string, rotation: Rotation): void {
    const { newTokenHash, graceUntil, liveUntil } = rotation
    const { family, tokens } = stored
    if (tokens.get(oldHash) === 'live') tokens.set(oldHash, { graceUntil })
    for (const [hash, it] of tokens) {
      if (it !== 'live' && it.graceUntil <= this.#now()) tokens.delete(hash)
    }
    tokens.set(newTokenHash, 'live')
    stored.family = { ...family, liveUntil: Math.min(liveUntil, family.absoluteUntil) }
  }

  #of(userId: string, familyId: string): StoredFamily | undefined {
    const stored = this.#families.get(familyId)
    return stored?.family.userId === userId ? stored : undefined
  }

  #now(): number {
    return this.#settings.clock().getTime()
  }
}

function graceOf(record: TokenRecord | undefined): number {
  return typeof record === 'object' ? record.graceUntil : 0
}
