import { createAttacker } from './dictionary-attack.js'
import { browserHashes } from './browser-hashes.js'
import { passwordText, utf8 } from './bytes.js'
import { type LeakedUser, parseLeakedTable, type TableProblem } from './leaked-table.js'
import { combineRules, type Rule, type RuleSetName } from './mangling-rules.js'
import { guessesForTable } from './salt.js'
import { type Scheme, SCHEME_TRAITS, SCHEMES } from './scheme.js'

/** What a page asks a worker of its own for. */
export interface PageAttack {
  /** A table, as `parseLeakedTable` reads it. */
  readonly table: string
  /** By default those of the worker, if it has some. */
  readonly words?: readonly string[]
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
  /** So many more at most: a user who is cracked costs no more guesses. */
  readonly guessesLeft: number
  readonly cracked: number
  readonly users: number
}

const PROGRESS_MS = 100
const FAST_WORDS = 2_000

/**
 * A dictionary attack in one thread that tells what it does, as it does it; in a page, the thread of a
 * Web Worker. To stop it, end the worker, or the loop over its events.
 */
export async function* attackInPage(attack: PageAttack): AsyncGenerator<PageAttackEvent> {
  const run = new PageRun(attack)
  const events = new ReadableStream<PageAttackEvent>({
    start: (controller) => {
      const tell = (event: PageAttackEvent): void => controller.enqueue(event)
      const end = (): void => (run.isStopped ? undefined : controller.close())
      run.tryAll(tell).then(end, (error: unknown) => controller.error(error))
    },
    cancel: () => run.stop(),
  }).getReader()
  try {
    for (let it = await events.read(); !it.done; it = await events.read()) yield it.value
  } finally {
    await events.cancel()
  }
}

/** The users of one scheme, and how far the words have come with them. */
interface Part {
  readonly scheme: Scheme
  readonly users: readonly LeakedUser[]
  readonly cracked: Uint8Array
  wordsLeft: number
}

class PageRun {
  isStopped = false
  readonly #words: readonly string[]
  readonly #rules: readonly Rule[]
  readonly #parts: readonly Part[]
  readonly #problems: readonly TableProblem[]
  #startedAt = performance.now()
  #toldAt = 0
  #guesses = 0

  constructor({ table, words = [], rules = [] }: PageAttack) {
    const { users, problems } = parseLeakedTable(table)
    this.#words = words
    this.#rules = combineRules(rules)
    this.#problems = problems
    this.#parts = SCHEMES.map((scheme) => {
      const some = users.filter(({ hash }) => hash.scheme === scheme)
      const cracked = new Uint8Array(some.length)
      return { scheme, users: some, cracked, wordsLeft: words.length }
    }).filter((it) => it.users.length > 0)
  }

  stop(): void {
    this.isStopped = true
  }

  async tryAll(tell: (event: PageAttackEvent) => void): Promise<void> {
    const tellOften = (event: PageAttackEvent): void => void (this.isStopped || tell(event))
    for (const problem of this.#problems) tellOften({ type: 'problem', problem })
    for (const part of this.#parts) await this.#tryPart(part, tellOften)
    tellOften({ type: 'end', ...this.#progress() })
  }

  async #tryPart(part: Part, tell: (event: PageAttackEvent) => void): Promise<void> {
    const { users, cracked } = part
    const attacker = await createAttacker({
      targets: users.map(({ hash }) => hash),
      rules: this.#rules,
      hashes: browserHashes,
      control: {
        cracked,
        shouldStop: () => this.isStopped,
        onGuesses: (count) => {
          this.#guesses += count
          this.#tellProgress(tell)
        },
        onFound: (target, bytes) => {
          const { line, user } = users[target] as LeakedUser
          const password = passwordText(bytes)
          tell({ type: 'found', line, password, ...(user === undefined ? {} : { user }) })
        },
      },
    })
    // What it takes to get ready says nothing of the rate.
    if (this.#guesses === 0) this.#startedAt = performance.now()
    const step = users[0]?.hash.digest ? FAST_WORDS : 1
    while (part.wordsLeft > 0 && !this.isStopped) {
      const from = this.#words.length - part.wordsLeft
      const words = this.#words.slice(from, from + step)
      if (cracked.includes(0)) await attacker.tryWords(utf8(words.join('\n')), 0, attacker.groups)
      part.wordsLeft -= words.length
    }
  }

  #tellProgress(tell: (event: PageAttackEvent) => void): void {
    const now = performance.now()
    if (now - this.#toldAt < PROGRESS_MS) return
    this.#toldAt = now
    tell({ type: 'progress', ...this.#progress() })
  }

  #progress(): PageProgress {
    const parts = this.#parts
    const sum = (of: (part: Part) => number): number => parts.reduce((all, it) => all + of(it), 0)
    const words = Math.max(1, this.#words.length * parts.length)
    return {
      guesses: this.#guesses,
      seconds: (performance.now() - this.#startedAt) / 1000,
      fraction: 1 - sum(({ wordsLeft }) => wordsLeft) / words,
      guessesLeft: sum((it) => guessesLeft(it, this.#rules.length)),
      cracked: sum((it) => it.cracked.reduce((all, one) => all + one, 0)),
      users: sum(({ users }) => users.length),
    }
  }
}

function guessesLeft({ scheme, cracked, wordsLeft }: Part, rules: number): number {
  const open = cracked.filter((it) => it === 0).length
  if (open === 0) return 0
  return guessesForTable(wordsLeft * rules, open, SCHEME_TRAITS[scheme].salted)
}

/**
 * What a Web Worker needs to serve a page: `serveAttacks(self)`. Each event is posted as it comes.
 *
 * @param words tried where an attack brings none
 */
export function serveAttacks(scope: WorkerScope, words: readonly string[] = []): void {
  scope.addEventListener('message', ({ data }) => void serve(scope, { words, ...data }))
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
