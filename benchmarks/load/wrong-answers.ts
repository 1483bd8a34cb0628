import type { LoadReport, LoadRequest } from './load-order.js'

const SHOWN = 200

/** Counts answers that are not the expected ones, and keeps the first in words. */
export class WrongAnswers {
  #count = 0
  #example: string | undefined

  check(answer: { status: number; body: string }, expected: LoadRequest['expected']): void {
    const { status, body } = expected
    if (answer.status === status && (body === undefined || answer.body === body)) return
    const wanted = body === undefined ? `${status}` : `${status} ${body}`
    this.add(`${answer.status} ${answer.body.slice(0, SHOWN)}; expected ${wanted.slice(0, SHOWN)}`)
  }

  add(what: string): void {
    this.#count += 1
    this.#example ??= what
  }

  report(): Pick<LoadReport, 'wrong' | 'wrongExample'> {
    return {
      wrong: this.#count,
      ...(this.#example !== undefined && { wrongExample: this.#example }),
    }
  }
}
