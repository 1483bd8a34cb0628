import { type PageKeys, secretKeys, signToken } from './keys.js'
import { encodePart, objectIn, takeApart } from './token.js'

/** A forged token, and why a server might fall for it. */
export interface Attack {
  readonly id: string
  readonly label: string
  readonly idea: string
  /** Made with keys of RS256 or ES256, which are made where the page has none. */
  readonly needsPublicKey?: boolean
  /** The forged token, made of an honest one. `publicKey` is in PEM; only those who need it look. */
  readonly forge: (token: string, publicKey: string) => Promise<string> | string
}

const SOMEBODY_ELSE = '00000000-0000-7000-8000-000000000000'

/** A secret as a login tutorial writes it into its source. */
const TUTORIAL_KEYS: PageKeys = secretKeys('supersecretkey')

export const attacks: readonly Attack[] = [
  {
    id: 'none',
    label: 'alg: none',
    idea: 'The header says that there is no signature. A server that believes the header checks none (RFC 8725, 2.1).',
    forge: (token) => {
      const { header, payload } = takeApart(token)
      return `${encodePart({ ...objectIn(header), alg: 'none' })}.${payload.encoded}.`
    },
  },
  {
    id: 'public-key',
    label: 'HS256 with the public key',
    needsPublicKey: true,
    idea: 'Everybody has the public key of RS256 or ES256. A server that takes the algorithm from the header uses it as the secret of an HMAC (RFC 8725, 2.1).',
    forge: async (token, publicKey) => {
      const { header, payload } = takeApart(token)
      return signToken(objectIn(header), objectIn(payload), secretKeys(publicKey))
    },
  },
  {
    id: 'stripped',
    label: 'Signature stripped',
    idea: 'The signature is just left out. A server that decodes instead of verifying does not miss it.',
    forge: (token) => token.slice(0, token.lastIndexOf('.') + 1),
  },
  {
    id: 'subject',
    label: 'Another sub',
    idea: 'The payload names another user; the signature stays. A server that decodes instead of verifying logs in as that user.',
    forge: (token) => {
      const { header, payload, signature } = takeApart(token)
      return `${header.encoded}.${encodePart({ ...objectIn(payload), sub: SOMEBODY_ELSE })}.${signature}`
    },
  },
  {
    id: 'weak-secret',
    label: 'A weak secret',
    idea: 'The token as a server from a tutorial would sign it. Such a secret is in every word list: find it below, and sign what you like (RFC 8725, 2.2).',
    forge: async (token) => {
      const { header, payload } = takeApart(token)
      return signToken(objectIn(header), objectIn(payload), TUTORIAL_KEYS)
    },
  },
]
