import type { LoadReport, LoadRequest } from './load-order.js'

const SHOWN = 200

/** Counts answers that are not the expected ones, and requests that got none; keeps the first in words. */
export class WrongAnswers {
  #wrong = 0
  #lost = 0
  #example: string | undefined

  /** Whether the answer is the expected one. */
  check(answer: { status: number; body: string }, expected: LoadRequest['expected']): boolean {
    const { status, body, contains } = expected
    const isBody = body === undefined || answer.body === body
    const hasPart = contains === undefined || answer.body.includes(contains)
    if (answer.status === status && isBody && hasPart) return true
    this.refuse(answer, `${status} ${body ?? contains ?? ''}`)
    return false
  }

  /** Counts an answer as wrong. */
  refuse(answer: { status: number; body: string }, wanted: string): void {
    this.add(`${answer.status} ${answer.body.slice(0, SHOWN)}; expected ${wanted.slice(0, SHOWN)}`)
  }

  get any(): boolean {
    return this.#wrong > 0
  }

  /** Counts a request that got no whole answer. */
  lose(why: string): void {
    this.#lost += 1
    this.add(`no answer: ${why}`)
  }

  report(): Pick<LoadReport, 'wrong' | 'lost' | 'wrongExample'> {
    return {
      wrong: this.#wrong,
      lost: this.#lost,
      ...(this.#example !== undefined && { wrongExample: this.#example }),
    }
  }

  /** Counts a request as wrong for another reason than its answer. */
  add(what: string): void {
    this.#wrong += 1
    this.#example ??= what
  }
}
