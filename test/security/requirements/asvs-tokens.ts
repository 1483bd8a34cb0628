import type { RequirementGroup } from './requirement.js'

const FORGERY = 'packages/jwt-server/test/token-forgery.test.ts'
const TOKEN = 'packages/jwt-server/test/token.test.ts'

export const asvsTokens: RequirementGroup = {
  title: 'OWASP ASVS 5.0, V9: Self-contained Tokens',
  url: 'https://github.com/OWASP/ASVS/blob/master/5.0/en/0x18-V9-Self-contained-Tokens.md',
  requirements: [
    {
      id: 'ASVS 9.1.1',
      text: 'Signature or MAC is verified before anything in a token is believed.',
      status: 'met',
      rows: ['tokens/no-signature', 'tokens/changed-claims', 'tokens/foreign-key'],
      tests: [
        { file: TOKEN, name: 'is refused with any character altered, left out or doubled' },
        {
          file: TOKEN,
          name: 'is not told to whoever has no valid token: a wrong signature comes first',
        },
        {
          file: 'test/contract/session-cookie.test.ts',
          name: 'the cookie can be read, and not changed',
        },
      ],
    },
    {
      id: 'ASVS 9.1.2',
      text: 'Only listed algorithms sign and verify, never "none"; symmetric and asymmetric keys are not confused.',
      status: 'met',
      why: 'HS256, RS256 and ES256 are all possible; each key has one of them, and a kid names the key.',
      rows: ['tokens/alg-none', 'tokens/public-key-as-secret'],
      tests: [
        { file: FORGERY, name: 'HS256 keyed with the public RSA key is refused' },
        {
          file: FORGERY,
          name: 'is that of the key: one ring may have several, and each keeps its own',
        },
      ],
    },
    {
      id: 'ASVS 9.1.3',
      text: 'Keys come from the configuration; what a header says of a key (jwk, jku, x5u) is not followed.',
      status: 'met',
      rows: ['tokens/foreign-key'],
      tests: [{ file: FORGERY, name: 'a key of its own (RFC 8725, section 3.10)' }],
    },
    {
      id: 'ASVS 9.2.1',
      text: 'A token counts within its time only (nbf, exp).',
      status: 'met',
      rows: ['tokens/expire', 'tokens/claims-of-access', 'tokens/claims-of-refresh'],
      tests: [
        { file: TOKEN, name: 'ends at exp, not a second later (RFC 7519, section 4.1.4)' },
        { file: FORGERY, name: 'nbf in the future (RFC 7519, section 4.1.5)' },
      ],
    },
    {
      id: 'ASVS 9.2.2',
      text: 'A token counts for what its type is made for only.',
      status: 'met',
      rows: ['tokens/refresh-opens-nothing', 'tokens/access-renews-nothing'],
      tests: [
        { file: TOKEN, name: 'keeps access and refresh tokens apart, even with one key for both' },
      ],
    },
    {
      id: 'ASVS 9.2.3',
      text: 'A token counts at the service that it was made for only (aud).',
      status: 'met',
      tests: [
        { file: FORGERY, name: 'another audience' },
        { file: FORGERY, name: 'our audience among others' },
      ],
    },
    {
      id: 'ASVS 9.2.4',
      text: 'Who signs for several services with one key names in each token the one that is meant.',
      status: 'met',
      rows: ['tokens/claims-of-access'],
    },
  ],
}
