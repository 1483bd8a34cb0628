import type { LoadReport, LoadRequest } from './load-order.js'

const SHOWN = 200

/** Counts answers that are not the expected ones, and keeps the first in words. */
export class WrongAnswers {
  #count = 0
  #example: string | undefined

  check(answer: { status: number; body: string }, expected: LoadRequest['expected']): void {
    const { status, body, contains } = expected
    const isBody = body === undefined || answer.body === body
    const hasPart = contains === undefined || answer.body.includes(contains)
    if (answer.status === status && isBody && hasPart) return
    const wanted = `${status} ${body ?? contains ?? ''}`
    this.add(`${answer.status} ${answer.body.slice(0, SHOWN)}; expected ${wanted.slice(0, SHOWN)}`)
  }

  get any(): boolean {
    return this.#count > 0
  }

  add(what: string, times = 1): void {
    this.#count += times
    this.#example ??= what
  }

  report(): Pick<LoadReport, 'wrong' | 'wrongExample'> {
    return {
      wrong: this.#count,
      ...(this.#example !== undefined && { wrongExample: this.#example }),
    }
  }
}
