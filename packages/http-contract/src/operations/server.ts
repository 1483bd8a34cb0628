import { cacheable, json } from './answer.js'
import { paths } from '../contract.js'
import { exampleJwk } from './examples.js'
import { both, type Operation } from './operation.js'

/** What the server says of itself, to everybody. */
export const serverOperations: readonly Operation[] = [
  {
    id: 'live',
    method: 'GET',
    path: paths.live,
    tag: 'Server',
    summary: 'Is the process alive?',
    description: 'Asks no store.',
    credential: 'none',
    parameters: [],
    success: both(json(200, 'It answers.', 'live', { status: 'live' })),
    problems: [],
  },
  {
    id: 'ready',
    method: 'GET',
    path: paths.ready,
    tag: 'Server',
    summary: 'Are new requests welcome?',
    description: 'Asks every store. A server that goes down says no.',
    credential: 'none',
    parameters: [],
    success: both(
      json(200, 'They are.', 'ready', {
        status: 'ready',
        dependencies: { postgres: 'up', redis: 'up' },
      }),
    ),
    unready: json(
      503,
      'They are not: a store is down, or the server goes down.',
      'unready',
      { status: 'unready', dependencies: { postgres: 'up', redis: 'down' } },
      'retryAfter',
    ),
    problems: [],
  },
  {
    id: 'jwks',
    method: 'GET',
    path: paths.jwks,
    tag: 'Server',
    summary: 'The public keys',
    description:
      'With which anybody can verify the access tokens (RFC 7517). With HS256 there are none: its ' +
      'key is a secret.',
    credential: 'none',
    parameters: [],
    success: { jwt: cacheable('The keys.', 'jsonWebKeySet', { keys: [exampleJwk] }) },
    problems: ['not_found'],
  },
  {
    id: 'openapi',
    method: 'GET',
    path: paths.openapi,
    tag: 'Server',
    summary: 'This document',
    description: 'Every endpoint, and every answer that it can give.',
    credential: 'none',
    parameters: [],
    success: both(
      cacheable('An OpenAPI document.', 'openApi', {
        openapi: '3.1.1',
        info: { title: 'Session server', version: '1.0.0' },
        paths: {},
      }),
    ),
    problems: [],
  },
]
