import { json } from './answer.js'
import { paths } from '../contract.js'
import { exampleTokens, exampleWhoami } from './examples.js'
import type { Operation } from './operation.js'

const { accessToken, refreshToken } = exampleTokens
const { expiresAt } = exampleWhoami.session

/** Staying logged in. */
export const renewalOperations: readonly Operation[] = [
  {
    id: 'renewAccess',
    method: 'POST',
    path: paths.renewAccess,
    tag: 'Renewal',
    summary: 'Renew the access',
    description:
      'Stay logged in: a session lives on, and a refresh token is exchanged for new tokens.',
    credential: 'refresh',
    parameters: [],
    success: {
      session: json(
        200,
        'The idle deadline begins anew; it never passes the absolute one.',
        'expiry',
        { expiresAt },
        'renewedCookie',
      ),
      jwt: json(
        200,
        'A new access token, and a new refresh token in place of the one that was sent (RFC 9700, section 4.14.2). ' +
          'A server that keeps no refresh tokens spends none, and returns the access token alone.',
        'renewedTokens',
        { accessToken, refreshToken },
      ),
    },
    problems: [],
  },
  {
    id: 'rotateRefresh',
    method: 'POST',
    path: paths.rotateRefresh,
    tag: 'Renewal',
    summary: 'Rotate the refresh credential',
    description: 'Replaces the credential that renews, and spends the old one.',
    credential: 'refresh',
    parameters: [],
    success: {
      session: json(
        200,
        'The session goes on under a new id; the old one opens nothing.',
        'expiry',
        { expiresAt },
        'newCookie',
      ),
      jwt: json(
        200,
        'A new refresh token. By default, sending the old one again ends this login, because one of the two is a thief.',
        'refreshToken',
        { refreshToken },
      ),
    },
    problems: [],
  },
]
