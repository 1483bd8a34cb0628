import { paths } from '@session-vs-jwt/http-contract'
import { z } from 'zod'
import { strategies } from '../strategies.js'
import type { ServerKind, StrategyId } from '../strategy.js'

/** What the lab page may ask of the workbench. */
export type LabCommand =
  /** Send a request with a stolen credential: no page may set a cookie itself. */
  | {
      readonly do: 'thief'
      readonly server: ServerKind
      readonly method: string
      readonly path: string
      readonly credential: { readonly name: 'authorization' | 'cookie'; readonly value: string }
    }
  | { readonly do: 'clock'; readonly aheadSeconds: number }
  | { readonly do: 'restart'; readonly server: ServerKind }
  | { readonly do: 'redis'; readonly running: boolean }
  | { readonly do: 'second-instance'; readonly server: ServerKind; readonly running: boolean }
  | { readonly do: 'strategy'; readonly server: ServerKind; readonly strategy: StrategyId }
  /** Undo all of the above. */
  | { readonly do: 'restore' }

const server = z.enum(['session', 'jwt'])

/** Longer than any login lives. */
const MAX_AHEAD_SECONDS = 30 * 86_400

const labCommand: z.ZodType<LabCommand> = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('thief'),
    server,
    method: z.enum(['GET', 'POST']),
    path: z.enum([paths.whoami, paths.me, paths.rotateRefresh]),
    credential: z.strictObject({ name: z.enum(['authorization', 'cookie']), value: z.string() }),
  }),
  z.strictObject({
    do: z.literal('clock'),
    aheadSeconds: z.int().min(0).max(MAX_AHEAD_SECONDS),
  }),
  z.strictObject({ do: z.literal('restart'), server }),
  z.strictObject({ do: z.literal('redis'), running: z.boolean() }),
  z.strictObject({ do: z.literal('second-instance'), server, running: z.boolean() }),
  z.strictObject({
    do: z.literal('strategy'),
    server,
    strategy: z.enum(strategies.map(({ id }) => id)),
  }),
  z.strictObject({ do: z.literal('restore') }),
])

/** The command in the body of a request; undefined if it is none. */
export function parseLabCommand(body: unknown): LabCommand | undefined {
  return labCommand.safeParse(body).data
}
