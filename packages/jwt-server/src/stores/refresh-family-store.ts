import type { Clock } from '@session-vs-jwt/http-edge'
import { momentSchema } from '@session-vs-jwt/stores'
import type { DeviceStore } from '@session-vs-jwt/users'
import { z } from 'zod'
import type { Decision, SpentTokenPolicy } from './spent-token-policy.js'

/**
 * All refresh tokens that came from one login. One of them is live, the others are spent; only under the
 * policy `separate-branch` a few can be live at once. A token is known here by the hash of its `jti`.
 */
export interface RefreshFamily {
  /** The `sid` of its tokens, and the device as its owner sees it. */
  readonly id: string
  readonly userId: string
  readonly userAgent: string | null
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number
  /** When the youngest token of the family expires. */
  readonly liveUntil: number
  /** No rotation extends the family beyond this. */
  readonly absoluteUntil: number
  /** The version of the password that logged in. */
  readonly passwordVersion: number
}

export const refreshFamilySchema: z.ZodType<RefreshFamily> = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  userAgent: z.string().nullable(),
  createdAt: momentSchema,
  liveUntil: momentSchema,
  absoluteUntil: momentSchema,
  passwordVersion: z.int().default(0),
})

export interface PresentedToken {
  readonly userId: string
  readonly familyId: string
  readonly tokenHash: string
}

export interface Rotation {
  readonly newTokenHash: string
  /** When the grace period of the old token ends; the present moment without one. */
  readonly graceUntil: number
  /** When the new token would expire, if the family lives that long. */
  readonly liveUntil: number
}

/**
 * What was done: the decision of the policy, or nothing, because the family is `gone`. To repeat an
 * earlier rotation, the caller needs to know when the grace period that it began will end.
 */
export type RotationResult =
  | { readonly outcome: 'rotate'; readonly absoluteUntil: number }
  | { readonly outcome: 'repeat'; readonly absoluteUntil: number; readonly graceUntil: number }
  | { readonly outcome: Exclude<Decision, 'rotate' | 'repeat'> | 'gone' }

/**
 * Every method is one statement or command. One of N parallel calls wins, and a reused token is never noticed
 * without ending its family.
 */
export interface RefreshFamilyStore extends DeviceStore {
  start(family: RefreshFamily, tokenHash: string): Promise<void>
  /** Spends a token, or does with a spent one what the policy of the store says. */
  rotate(token: PresentedToken, rotation: Rotation): Promise<RotationResult>
  list(userId: string): Promise<RefreshFamily[]>
  /** Whether the user had such a family. */
  end(userId: string, familyId: string): Promise<boolean>
  endAll(userId: string): Promise<void>
  /**
   * Whether access tokens of this family were revoked with it. Only where the store keeps a denylist.
   */
  isDenied(userId: string, familyId: string): Promise<boolean>
  /**
   * The user's present generation of access tokens: the moment at which it began, 0 for the first one, and
   * `Infinity` if what is stored can't be read. {@link endAll} and {@link endDevices} begin a new one in the
   * statement or command that ends the families. Only where the store keeps generations.
   */
  generationOf(userId: string): Promise<number>
}

export interface FamilySettings {
  readonly clock: Clock
  readonly policy: SpentTokenPolicy
  /**
   * Milliseconds for which the access tokens of an ended family stay on the denylist: the lifetime of
   * an access token, and some for one that is being issued. 0: no denylist.
   */
  readonly denyMs: number
  /**
   * Milliseconds for which the store remembers that a generation of access tokens began: until the tokens of earlier
   * generations have expired, and a little longer. Undefined: no generations.
   */
  readonly generationMs?: number | undefined
  /** Told of a family that cannot be read. It counts as gone. */
  readonly onUnreadable: (key: string) => void
}
