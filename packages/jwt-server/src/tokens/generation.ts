import type { JwtContext, TokenDeps } from '../ports.js'
import type { TokenOwner } from './sign.js'

/**
 * The owner of the next access token, with the user's present generation where the strategy has generations.
 * Call it before you touch the family: if the user logs out everywhere after this, the token ends, too.
 */
export async function withGeneration(
  { ports }: JwtContext,
  owner: TokenOwner,
  { config }: Pick<TokenDeps, 'config'>,
): Promise<TokenOwner> {
  if (config.revocation !== 'valid-after') return owner
  const generation = await ports.families?.generationOf(owner.sub)
  // JSON has no `Infinity`. While the stored number can't be read, the guard refuses every generation anyway.
  return { ...owner, gen: generation === Infinity ? 0 : generation }
}
