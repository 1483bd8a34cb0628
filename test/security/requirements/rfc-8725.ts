import type { RequirementGroup } from './requirement.js'

const FORGERY = 'packages/jwt-server/test/token-forgery.test.ts'
const KEY_RING = 'packages/jwt-server/test/key-ring.test.ts'

export const rfc8725: RequirementGroup = {
  title: 'RFC 8725: JSON Web Token Best Current Practices, section 3',
  url: 'https://www.rfc-editor.org/rfc/rfc8725',
  requirements: [
    {
      id: 'RFC 8725 3.1',
      text: 'The verifier says which algorithms it takes; a key is used with one algorithm.',
      status: 'met',
      rows: ['tokens/alg-none', 'tokens/public-key-as-secret'],
      tests: [
        { file: FORGERY, name: 'HS256 keyed with the public RSA key is refused' },
        { file: FORGERY, name: 'HS%i with the right secret is refused' },
        { file: FORGERY, name: 'RS512 and PS256 with the right key are refused' },
      ],
    },
    {
      id: 'RFC 8725 3.2',
      text: 'Algorithms are sound today, "none" is none of them, and they can be replaced.',
      status: 'met',
      rows: ['tokens/alg-none'],
      tests: [
        {
          file: KEY_RING,
          name: 'has no RSA key under 2048 bits (RFC 7518, section 3.3), and says which',
        },
        {
          file: 'test/contract/token-keys.test.ts',
          name: 'key rotation: the key before verifies, the present one signs, others do not',
        },
      ],
    },
    {
      id: 'RFC 8725 3.3',
      text: 'Every signature is verified, and one that fails refuses the whole token.',
      status: 'met',
      rows: ['tokens/no-signature', 'tokens/changed-claims'],
      tests: [
        {
          file: FORGERY,
          name: 'ES256 with a signature of zeros (CVE-2022-21449) or in DER is refused',
        },
      ],
    },
    {
      id: 'RFC 8725 3.4',
      text: 'Inputs of the cryptography are checked: keys are on their curve, and fit.',
      status: 'met',
      why: 'Keys come from the configuration alone, and are checked as the server starts.',
      tests: [
        {
          file: KEY_RING,
          name: 'has no key of another kind than its algorithm, and does not show it',
        },
      ],
    },
    {
      id: 'RFC 8725 3.5',
      text: 'Keys have enough entropy; no password is one.',
      status: 'met',
      rows: ['tokens/secret-of-a-tutorial'],
      tests: [
        {
          file: KEY_RING,
          name: 'has no secret under 32 bytes (RFC 7518, section 3.2), and says which',
        },
        {
          file: 'packages/jwt-server/test/config.test.ts',
          name: 'have no default secret: every missing one is named at once, with its use',
        },
      ],
    },
    {
      id: 'RFC 8725 3.6',
      text: 'Nothing is compressed before it is encrypted.',
      status: 'not applicable',
      why: 'Tokens are signed, not encrypted; one with "zip" is refused.',
    },
    {
      id: 'RFC 8725 3.7',
      text: 'Header and claims are UTF-8.',
      status: 'met',
      tests: [
        { file: FORGERY, name: 'claims that are no UTF-8 are refused (RFC 7519, section 7.2)' },
      ],
    },
    {
      id: 'RFC 8725 3.8',
      text: 'The key belongs to the issuer, and the subject is one that exists here.',
      status: 'partly',
      why: 'The issuer is checked always. Whether the user still exists is asked at every request with jwt-user-lookup, and elsewhere where the row of the user is read.',
      rows: ['strategy/afterUserDeleted', 'whoami/names-the-owner'],
      tests: [{ file: FORGERY, name: 'another issuer' }],
    },
    {
      id: 'RFC 8725 3.9',
      text: 'Tokens name their audience, and another audience refuses them.',
      status: 'met',
      tests: [{ file: FORGERY, name: 'another audience' }],
    },
    {
      id: 'RFC 8725 3.10',
      text: 'What a header claims (kid, jku, x5u) is not trusted: no injection by it, and no request to where it points.',
      status: 'met',
      tests: [
        { file: FORGERY, name: 'a kid that is a path' },
        { file: FORGERY, name: 'the address of a key' },
        {
          file: 'packages/jwt-server/test/token.test.ts',
          name: 'is by kid: a key does not verify what names another one',
        },
      ],
    },
    {
      id: 'RFC 8725 3.11',
      text: 'The header says of which kind a token is (typ).',
      status: 'partly',
      why: 'It says "JWT" in both kinds, and anything else is refused; the claim "type" and keys of their own tell them apart.',
      tests: [{ file: FORGERY, name: 'another typ (RFC 8725, section 3.11)' }],
    },
    {
      id: 'RFC 8725 3.12',
      text: 'No token of one kind passes the checks of another.',
      status: 'met',
      rows: ['tokens/refresh-opens-nothing', 'tokens/access-renews-nothing'],
      tests: [
        {
          file: 'packages/jwt-server/test/config.test.ts',
          name: 'one secret for access and refresh tokens is refused',
        },
      ],
    },
  ],
}
