/**
 * Something that a person can put right; the message says how, and is shown without a stack.
 * Exit code 1: it did not work. 2: it was not asked for in a way that could work.
 */
export class HashLabError extends Error {
  override readonly name = 'HashLabError'
  readonly exitCode: number

  constructor(message: string, exitCode = 2, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}
