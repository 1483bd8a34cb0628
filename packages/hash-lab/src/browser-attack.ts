import { createAttacker } from './dictionary-attack.js'
import { browserHashes } from './browser-hashes.js'
import { passwordText, utf8 } from './bytes.js'
import { parseLeakedTable, type TableProblem } from './leaked-table.js'
import { combineRules, type RuleSetName } from './mangling-rules.js'
import { SCHEMES } from './scheme.js'

/** What a page asks a worker of its own for. */
export interface PageAttack {
  /** A table, as `parseLeakedTable` reads it. */
  readonly table: string
  readonly words: readonly string[]
  readonly rules?: readonly RuleSetName[]
}

export type PageAttackEvent =
  | { readonly type: 'problem'; readonly problem: TableProblem }
  | {
      readonly type: 'found'
      readonly line: number
      readonly user?: string
      readonly password: string
    }
  | ({ readonly type: 'progress' | 'end' } & PageProgress)

export interface PageProgress {
  readonly guesses: number
  readonly seconds: number
  /** Of the words, from 0 to 1. */
  readonly fraction: number
  readonly cracked: number
  readonly users: number
}

const PROGRESS_MS = 100
const FAST_WORDS = 2_000

/**
 * A dictionary attack in one thread that tells what it does; in a page, the thread of a Web Worker.
 * To stop it, end the worker, or the loop over its events.
 */
export async function* attackInPage(attack: PageAttack): AsyncGenerator<PageAttackEvent> {
  const { users, problems } = parseLeakedTable(attack.table)
  for (const problem of problems) yield { type: 'problem', problem }
  const rules = combineRules(attack.rules ?? [])
  const events: PageAttackEvent[] = []
  const startedAt = performance.now()
  const sums = { guesses: 0, cracked: 0, done: 0 }
  const schemes = SCHEMES.filter((it) => users.some(({ hash }) => hash.scheme === it))
  const progress = (): PageProgress => ({
    guesses: sums.guesses,
    cracked: sums.cracked,
    users: users.length,
    seconds: (performance.now() - startedAt) / 1000,
    fraction: sums.done / Math.max(1, attack.words.length * schemes.length),
  })
  let toldAt = startedAt
  for (const scheme of schemes) {
    const some = users.filter(({ hash }) => hash.scheme === scheme)
    const cracked = new Uint8Array(some.length)
    const attacker = await createAttacker({
      targets: some.map(({ hash }) => hash),
      rules,
      hashes: browserHashes,
      control: {
        cracked,
        shouldStop: () => false,
        onGuesses: (count) => (sums.guesses += count),
        onFound: (target, bytes) => {
          sums.cracked += 1
          const { line, user } = some[target] as (typeof some)[number]
          const password = passwordText(bytes)
          events.push({ type: 'found', line, password, ...(user === undefined ? {} : { user }) })
        },
      },
    })
    const step = some[0]?.hash.digest ? FAST_WORDS : 1
    for (let from = 0; from < attack.words.length; from += step) {
      const words = attack.words.slice(from, from + step)
      if (cracked.includes(0)) await attacker.tryWords(utf8(words.join('\n')), 0, attacker.groups)
      sums.done += words.length
      yield* events.splice(0)
      if (performance.now() - toldAt < PROGRESS_MS) continue
      toldAt = performance.now()
      yield { type: 'progress', ...progress() }
    }
  }
  yield { type: 'end', ...progress() }
}

/** What a Web Worker needs to serve a page: `serveAttacks(self)`. Each event is posted as it comes. */
export function serveAttacks(scope: WorkerScope): void {
  scope.addEventListener('message', ({ data }) => void serve(scope, data))
}

export interface WorkerScope {
  addEventListener: (
    type: 'message',
    listen: (event: { readonly data: PageAttack }) => void,
  ) => void
  postMessage: (event: PageAttackEvent) => void
}

async function serve(scope: WorkerScope, attack: PageAttack): Promise<void> {
  for await (const event of attackInPage(attack)) scope.postMessage(event)
}
