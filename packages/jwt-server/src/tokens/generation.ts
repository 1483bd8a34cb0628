import type { JwtContext, TokenDeps } from '../ports.js'
import type { TokenOwner } from './sign.js'

/**
 * The owner of the next access token, with the user's present generation where the strategy has generations.
 * Call it before the family starts or is asked: if everything of the user ends after this, so does the token.
 */
export async function withGeneration(
  { ports }: JwtContext,
  owner: TokenOwner,
  { config }: Pick<TokenDeps, 'config'>,
): Promise<TokenOwner> {
  if (config.revocation !== 'valid-after') return owner
  return { ...owner, gen: await ports.families?.generationOf(owner.sub) }
}
