import { notApplicable, type RequirementGroup } from './requirement.js'

const NO_REDIRECT = 'There is no authorization endpoint, no code and no redirect.'
const BEARER = 'Access tokens are bearer tokens: whoever holds one can use it, for 300 s.'

export const rfc9700: RequirementGroup = {
  title: 'RFC 9700: Best Current Practice for OAuth 2.0 Security, sections 2 and 4',
  url: 'https://www.rfc-editor.org/rfc/rfc9700',
  requirements: [
    ...notApplicable(
      'RFC 9700',
      NO_REDIRECT,
      ['2.1', 'Redirects go to registered addresses only, and are safe from forgery and mix-up.'],
      ['2.1.1', 'Authorization codes are bound to their client (PKCE).'],
      ['2.1.2', 'No access token is given in the answer of an authorization endpoint.'],
    ),
    {
      id: 'RFC 9700 2.2',
      text: 'Replay of tokens is prevented: access tokens are bound to their sender (2.2.1), refresh tokens bound or rotated (2.2.2).',
      status: 'partly',
      why: `Refresh tokens are rotated, and a replay ends their family; jwt-stateless notices none. ${BEARER}`,
      rows: [
        'rotate/replay-ends-the-family',
        'rotate/spent-credential',
        'renew/spent-credential',
        'renew/spends-the-refresh-token',
        'renew/replay-ends-the-family',
        'rotate/20-at-once',
      ],
    },
    {
      id: 'RFC 9700 2.3',
      text: 'Access tokens can do no more than needed, at the servers that are meant.',
      status: 'partly',
      why: 'They name their audience; there are no scopes.',
      rows: ['tokens/claims-of-access'],
    },
    ...notApplicable(
      'RFC 9700',
      'No third party stands between: users give their password to the server that keeps it.',
      ['2.4', 'No client is given the password of a user.'],
    ),
    ...notApplicable('RFC 9700', 'There are no registered clients.', [
      '2.5',
      'Clients authenticate.',
    ]),
    ...notApplicable(
      'RFC 9700',
      'It is about clients and metadata of authorization servers; TLS is for what stands in front.',
      [
        '2.6',
        'Metadata is published, parties are not confused, and connections are encrypted from end to end.',
      ],
    ),
    ...notApplicable('RFC 9700', NO_REDIRECT, [
      '4.1',
      'Addresses for redirects are compared exactly.',
    ]),
    {
      id: 'RFC 9700 4.2',
      text: 'No credential leaks in a Referer header.',
      status: 'met',
      why: 'No address ever holds one, and Referrer-Policy is no-referrer.',
      tests: [
        {
          file: 'packages/http-edge/test/browser-headers.test.ts',
          name: 'let nothing be loaded, framed or sniffed',
        },
      ],
    },
    {
      id: 'RFC 9700 4.3',
      text: 'No credential is left in the history of a browser: tokens are not taken from the query.',
      status: 'met',
    },
    ...notApplicable(
      'RFC 9700',
      NO_REDIRECT,
      ['4.4', 'Answers of one authorization server are not taken for those of another.'],
      ['4.5', 'A stolen code is of no use elsewhere.'],
      ['4.6', 'A client takes no access token that was made for another one.'],
    ),
    {
      id: 'RFC 9700 4.7',
      text: 'No foreign page makes requests in the name of its visitor.',
      status: 'met',
      why: 'Tokens are sent by code only. Where a cookie is the credential, unsafe requests of foreign pages are refused.',
      rows: [
        'cookies/csrf-cross-site',
        'cookies/csrf-same-site',
        'cookies/csrf-null-origin',
        'cookies/csrf-foreign-origin',
      ],
    },
    ...notApplicable('RFC 9700', NO_REDIRECT, [
      '4.8',
      'PKCE cannot be switched off by an attacker.',
    ]),
    {
      id: 'RFC 9700 4.9',
      text: 'An access token that leaks at a resource server is of little use elsewhere.',
      status: 'partly',
      why: `It is good for its audience only. ${BEARER}`,
      rows: ['tokens/claims-of-access', 'tokens/access-renews-nothing'],
    },
    {
      id: 'RFC 9700 4.10',
      text: 'Stolen access tokens are of little use: bound to a sender, and to an audience.',
      status: 'partly',
      why: `They are bound to an audience. ${BEARER}`,
    },
    ...notApplicable(
      'RFC 9700',
      NO_REDIRECT,
      ['4.11', 'Nothing redirects to where a request says.'],
      ['4.12', 'No redirect has a browser send a password on (307).'],
    ),
    {
      id: 'RFC 9700 4.13',
      text: 'Behind a proxy no header that a client wrote is taken for one of the proxy.',
      status: 'met',
      why: 'No such header is read at all.',
    },
    {
      id: 'RFC 9700 4.14',
      text: 'Refresh tokens are bound or rotated, a replay is noticed and ends what came of it, and unused ones end.',
      status: 'partly',
      why:
        'A refresh token works once, wherever it is sent. jwt-stateless keeps nothing, so it notices no replay: a thief renews beside the ' +
        'owner until the token expires. REFRESH_POLICY can forgive a replay for up to 60 s; by default it forgives none.',
      rows: [
        'rotate/new-credential',
        'rotate/spent-credential',
        'rotate/replay-ends-the-family',
        'rotate/20-at-once',
        'renew/spends-the-refresh-token',
        'renew/replay-ends-the-family',
        'spent/strict-thief-within-grace',
        'spent/refuse-quietly-thief-within-grace',
        'spent/same-successor-thief-within-grace',
        'spent/separate-branch-thief-within-grace',
        'spent/refuse-quietly-later-replay',
        'spent/same-successor-later-replay',
        'spent/separate-branch-later-replay',
        'rotate/deadline-is-absolute',
        'renew/access-does-not-outlive-the-refresh-token',
        'strategy/spentCredential',
      ],
    },
    ...notApplicable('RFC 9700', 'There are no registered clients.', [
      '4.15',
      'A client cannot pass for a user by the name it chose.',
    ]),
    {
      id: 'RFC 9700 4.16',
      text: 'No page of the server can be framed.',
      status: 'met',
      why: 'It has none; all the same each answer says so.',
    },
    ...notApplicable('RFC 9700', 'No message is sent between windows.', [
      '4.17',
      'Messages between windows go to, and are taken from, the right origin only.',
    ]),
  ],
}
