import { json, noContent } from './answer.js'
import { paths } from '../contract.js'
import { exampleDeviceId, exampleDevices } from './examples.js'
import type { Operation, OperationParameter } from './operation.js'

const deviceId: OperationParameter = {
  name: 'id',
  in: 'path',
  description: 'One of your own devices.',
  example: exampleDeviceId,
  from: { operation: 'listDevices', pointer: '/devices/0/id' },
}

/** Ending logins, here and elsewhere. */
export const logoutOperations: readonly Operation[] = [
  {
    id: 'listDevices',
    method: 'GET',
    path: paths.devices,
    tag: 'Logout',
    summary: 'List your devices',
    description: 'Where you are logged in, the newest first.',
    credential: 'access',
    parameters: [],
    success: {
      session: json(200, 'Your live sessions.', 'deviceList', {
        devices: [exampleDevices.session],
      }),
      jwt: json(200, 'Your live refresh families.', 'deviceList', {
        devices: [exampleDevices.jwt],
      }),
    },
    problems: ['not_supported'],
  },
  {
    id: 'endDevice',
    method: 'DELETE',
    path: paths.device,
    tag: 'Logout',
    summary: 'Log a device out',
    description: 'Ends one of your own logins, this one included.',
    credential: 'access',
    parameters: [deviceId],
    success: {
      session: noContent('The session is gone.'),
      jwt: noContent('Its refresh token is dead; an access token may live until it expires.'),
    },
    problems: ['not_found', 'not_supported'],
  },
  {
    id: 'logout',
    method: 'POST',
    path: paths.logout,
    tag: 'Logout',
    summary: 'Log out',
    description: 'Ends this login. To log out twice is no error.',
    credential: 'access-or-refresh',
    parameters: [],
    success: {
      session: noContent('Logged out, and the cookie is taken back.', 'endedCookie'),
      jwt: noContent('The refresh token is dead; an access token may live until it expires.'),
    },
    problems: [],
  },
  {
    id: 'logoutAll',
    method: 'POST',
    path: paths.logoutAll,
    tag: 'Logout',
    summary: 'Log out everywhere',
    description: 'Ends every login of this user, and of nobody else.',
    credential: 'access',
    parameters: [],
    success: {
      session: noContent('Logged out everywhere, and the cookie is taken back.', 'endedCookie'),
      jwt: noContent('All refresh tokens are dead; access tokens may live until they expire.'),
    },
    problems: ['not_supported'],
  },
]
