import type { MistakeId } from './mistakes.js'

/** The mistakes that a server makes; none: it follows the contract. */
export type Mistakes = ReadonlySet<MistakeId>

interface Ways<Way> {
  readonly wrong: Way
  readonly right: Way
}

/** The same thing written twice, as login tutorials have it and as it should be; a switch decides. */
export function switchable<Way>(
  id: MistakeId,
  { wrong, right }: Ways<Way>,
): (mistakes: Mistakes) => Way {
  return (mistakes) => (mistakes.has(id) ? wrong : right)
}
