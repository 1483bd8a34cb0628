import { json } from './answer.js'
import { paths } from '../contract.js'
import { exampleAccount, exampleCursors, exampleUser } from './examples.js'
import { both, type Operation } from './operation.js'
import { pageParameters } from './page-parameters.js'

/** The own account, and who else has one. */
export const profileOperations: readonly Operation[] = [
  {
    id: 'showMe',
    method: 'GET',
    path: paths.me,
    tag: 'Profile',
    summary: 'Show your profile',
    description: 'Reads the user’s row: a credential can outlive its user.',
    credential: 'access',
    parameters: [],
    success: both(json(200, 'Your profile.', 'userBody', { user: exampleUser })),
    problems: [],
  },
  {
    id: 'updateMe',
    method: 'PATCH',
    path: paths.me,
    tag: 'Profile',
    summary: 'Change your nickname or password',
    description:
      'One of the two at a time. A new password needs the current one, ends all other devices and ' +
      'leaves this one logged in. Wrong guesses count as failed logins.',
    credential: 'access',
    parameters: [],
    body: {
      schema: 'updateMeRequest',
      examples: [
        { name: 'nickname', summary: 'A new nickname', value: { nickname: 'Ada Lovelace' } },
        {
          name: 'password',
          summary: 'A new password',
          value: { password: 'Note G: Bernoulli', currentPassword: exampleAccount.password },
        },
      ],
    },
    success: both(
      json(200, 'Your profile, changed.', 'userBody', {
        user: { ...exampleUser, nickname: 'Ada Lovelace' },
      }),
    ),
    problems: [
      'password_refused',
      'wrong_current_password',
      'nickname_taken',
      'password_changed',
      'too_many_attempts',
      'overloaded',
    ],
  },
  {
    id: 'listUsers',
    method: 'GET',
    path: paths.users,
    tag: 'Profile',
    summary: 'List users',
    description: 'Id and nickname of every user, in the order of nicknames.',
    credential: 'access',
    parameters: pageParameters('listUsers', exampleCursors.users),
    success: both(
      json(200, 'A page of users.', 'userPage', {
        users: [{ id: exampleUser.id, nickname: exampleUser.nickname }],
        nextCursor: null,
      }),
    ),
    problems: [],
  },
]
