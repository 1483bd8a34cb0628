import type { ServerKind } from '@session-vs-jwt/workbench'
import type { Trial } from './trial.js'

/** What a row needs beyond HTTP. Over a server of somebody else nobody can provide it. */
type Need = 'balancer' | 'clock' | 'restart' | 'second instance' | 'settings' | 'stores' | 'trace'

/**
 * One demand of the contract. A row throws what is wrong ({@link RowFailure}) and returns if nothing is;
 * it makes its own accounts, and leaves nothing that another row could meet.
 */
export interface Row {
  /** Stable: `section/what`. */
  readonly id: string
  /** What is demanded, in a line. */
  readonly title: string
  /** Where it is said why, to be read when the row fails. */
  readonly read: readonly [string, ...string[]]
  /** Only for servers with this credential. */
  readonly only?: ServerKind
  readonly needs?: readonly [Need, ...Need[]]
  readonly run: (trial: Trial) => Promise<void>
}

/** The part of the contract that a row belongs to. */
export function sectionOf({ id }: Pick<Row, 'id'>): string {
  return id.slice(0, id.indexOf('/'))
}

/** Why a row says nothing about a server; undefined if it does. */
export function whyNotApplicable(
  row: Row,
  { server, control }: { server: ServerKind; control?: unknown },
): string | undefined {
  if (row.only !== undefined && row.only !== server) {
    return row.only === 'session' ? 'is about cookies' : 'is about tokens'
  }
  if (row.needs !== undefined && control === undefined) {
    return `needs control of the server: ${row.needs.join(', ')}`
  }
  return undefined
}

/** Thrown by a row that finds out on its way that it says nothing about this server. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable'
}
