/** Why a scenario has no result; the message is for people. The other scenarios go on. */
export class BenchError extends Error {
  override readonly name = 'BenchError'
}
