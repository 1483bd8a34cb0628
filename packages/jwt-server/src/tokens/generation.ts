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
  return { ...owner, gen: await ports.families?.generationOf(owner.sub) }
}
