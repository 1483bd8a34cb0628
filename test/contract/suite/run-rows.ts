import { paths } from '@session-vs-jwt/http-contract'
import {
  describeSilence,
  exchange,
  type Failure,
  NoAnswer,
  type Promises,
} from '@session-vs-jwt/workbench'
import { AnswerCheck } from './answer-check.js'
import { NotApplicable, type Row, whyNotApplicable } from './row.js'
import { RowFailure } from './row-failure.js'
import type { Target } from './target.js'
import { Trial } from './trial.js'

/** What became of a row. */
export type Outcome = {
  readonly row: Row
  readonly ms: number
  /** What the server was seen to do where strategies differ. */
  readonly seen: Partial<Promises>
} & (
  | { readonly result: 'passed' }
  | { readonly result: 'failed'; readonly failure: Failure; readonly isSetup: boolean }
  | { readonly result: 'not applicable'; readonly reason: string }
)

/** @throws what the row throws */
export async function runRow(row: Row, target: Target, check?: AnswerCheck): Promise<Trial> {
  const trial = new Trial(target, check)
  try {
    await row.run(trial)
    return trial
  } finally {
    await trial.stopInstances()
  }
}

/** How often the longest time that an answer may take is waited for in vain, in all rows together. */
const PATIENCE = 10

/**
 * Runs the rows one after another, and yields what became of each. Never throws. A server that stops
 * answering, or answers some requests and keeps others waiting, is not waited for in every row that is
 * left.
 */
export async function* runRows(rows: readonly Row[], target: Target): AsyncGenerator<Outcome> {
  const check = new AnswerCheck(target.server, target.url)
  let gone: Failure | undefined
  let waits = 0
  for (const row of rows) {
    const reason = whyNotApplicable(row, target)
    const startedAt = performance.now()
    const ms = (): number => performance.now() - startedAt
    if (reason !== undefined) {
      yield { row, ms: 0, seen: {}, result: 'not applicable', reason }
    } else if (gone) {
      yield { row, ms: 0, seen: {}, result: 'failed', failure: gone, isSetup: true }
    } else {
      try {
        const { seen } = await runRow(row, target, check)
        yield { row, ms: ms(), seen, result: 'passed' }
      } catch (error) {
        yield { row, ms: ms(), seen: {}, ...outcomeOf(error) }
        const cause = causeOf(error)
        if (!(cause instanceof NoAnswer)) continue
        if (cause.isTimeout) waits += 1
        gone = (await whySilent(target)) ? GONE : waits < PATIENCE ? undefined : KEEPS_WAITING
      }
    }
  }
}

const GONE: Failure = {
  came: 'nothing was sent: the server had stopped answering',
  expected: 'a server that answers',
}

const KEEPS_WAITING: Failure = {
  came: `nothing was sent: the server had kept ${PATIENCE} rows waiting in vain`,
  expected: 'answers in time; --only runs rows of your choice, --timeout waits longer or shorter',
}

function outcomeOf(
  error: unknown,
):
  | { result: 'failed'; failure: Failure; isSetup: boolean }
  | { result: 'not applicable'; reason: string } {
  if (error instanceof NotApplicable) return { result: 'not applicable', reason: error.message }
  const cause = causeOf(error)
  const isSetup = cause instanceof RowFailure && cause.isSetup
  return { result: 'failed', failure: failureOf(cause), isSetup }
}

/** fast-check wraps what a property throws. */
function causeOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof RowFailure || cause instanceof NoAnswer ? cause : error
}

function failureOf(error: unknown): Failure {
  if (error instanceof RowFailure) return error.failure
  if (error instanceof NoAnswer) return describeSilence(error)
  // A row that reads what is not there: a body of another shape than any that it thought of.
  const came = error instanceof Error ? error.message : String(error)
  return { came: `an answer that the row could not read (${came})`, expected: 'one it can read' }
}

/** Why the server gives no answer at all; undefined if it gives any. */
export async function whySilent({ url, withinMs }: Target): Promise<NoAnswer | undefined> {
  try {
    await exchange({ method: 'GET', url: url + paths.live, headers: {} }, withinMs)
    return undefined
  } catch (error) {
    return error as NoAnswer
  }
}
