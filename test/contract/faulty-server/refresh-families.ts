import { createHash } from 'node:crypto'
import bcrypt from 'bcrypt'
import { Problem } from './problem.js'
import { type Mistakes, switchable } from './switchable.js'

/** All refresh tokens that came from one login; one of them is live. Times in ms since 1970. */
export interface Family {
  readonly id: string
  readonly userId: string
  readonly userAgent: string | null
  readonly createdAt: number
  /** When its live token expires. */
  liveUntil: number
  /** No rotation extends it beyond this. */
  readonly absoluteUntil: number
}

// #region bcrypt-over-jwt
/** What is kept of the live token: enough to know it again, too little to make it. */
interface TokenHash {
  make(token: string): Promise<string>
  isOf(token: string, hash: string): Promise<boolean>
}

const tokenHash = switchable<TokenHash>('bcrypt-over-jwt', {
  wrong: {
    make: async (token) => bcrypt.hash(token, 10),
    isOf: async (token, hash) => bcrypt.compare(token, hash),
  },
  right: {
    make: async (token) => sha256(token),
    isOf: async (token, hash) => sha256(token) === hash,
  },
})
// #endregion bcrypt-over-jwt

/** A refresh token that came back, and the one that is to follow it. */
interface Presented {
  readonly familyId: string
  readonly token: string
  readonly next: { readonly token: string; readonly liveUntil: number }
}

// #region irrevocable-refresh
/** Lets only the live token of a family pass that goes on. */
export const acceptRefreshToken = switchable<
  (families: RefreshFamilies, presented: Presented) => Promise<void>
>('irrevocable-refresh', {
  async wrong() {
    // Signature and expiry were looked at already. What else could there be?
  },
  async right(families, presented) {
    await families.accept(presented)
  },
})
// #endregion irrevocable-refresh

export class RefreshFamilies {
  readonly #families = new Map<string, Family & { liveHash: string }>()
  readonly #hash: TokenHash

  constructor(mistakes: Mistakes) {
    this.#hash = tokenHash(mistakes)
  }

  async start(family: Family, token: string): Promise<void> {
    this.#families.set(family.id, { ...family, liveHash: await this.#hash.make(token) })
  }

  /** @throws {Problem} `reused_credential`, which ends the family; `invalid_credential` */
  async accept({ familyId, token, next }: Presented): Promise<void> {
    const family = this.#families.get(familyId)
    const seen = family?.liveHash ?? ''
    const isLive = await this.#hash.isOf(token, seen)
    const nextHash = await this.#hash.make(next.token)
    // Nothing waits below: of many that rotate at once, one finds what it has seen.
    if (!family || this.#families.get(familyId) !== family) {
      throw new Problem('invalid_credential', { detail: 'The login was ended.' })
    }
    if (!isLive || family.liveHash !== seen) {
      this.#families.delete(familyId)
      throw new Problem('reused_credential', {
        detail: 'The token was spent; its login has ended.',
      })
    }
    family.liveHash = nextHash
    family.liveUntil = next.liveUntil
  }

  find(id: string): Family | undefined {
    return this.#families.get(id)
  }

  /** The newest first. */
  list(userId: string | undefined): Family[] {
    return [...this.#families.values()]
      .filter((family) => family.userId === userId && family.liveUntil > Date.now())
      .toSorted((a, b) => b.createdAt - a.createdAt)
  }

  end(id: string): void {
    this.#families.delete(id)
  }

  endAll(userId: string | undefined, exceptId?: string): void {
    for (const { id } of this.list(userId)) if (id !== exceptId) this.end(id)
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
