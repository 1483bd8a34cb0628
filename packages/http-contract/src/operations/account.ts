import { noContent } from './answer.js'
import { paths } from '../contract.js'
import { exampleAccount } from './examples.js'
import type { Operation } from './operation.js'

const GONE = 'The account, its posts and all its logins are gone'

/** The end of an account. */
export const accountOperations: readonly Operation[] = [
  {
    id: 'deleteMe',
    method: 'DELETE',
    path: paths.me,
    tag: 'Account',
    summary: 'Delete your account',
    description:
      'Needs the current password; wrong guesses count as failed logins. Deletes your posts, too, and ends ' +
      'every login that the server keeps. Nickname and email are free again.',
    credential: 'access',
    parameters: [],
    body: {
      schema: 'deleteMeRequest',
      examples: [
        {
          name: 'password',
          summary: 'The current password',
          value: { currentPassword: exampleAccount.password },
        },
      ],
    },
    success: {
      session: noContent(`${GONE}, and the cookie is taken back.`, 'endedCookie'),
      jwt: noContent(`${GONE}; an access token may live until it expires.`),
    },
    problems: ['wrong_current_password', 'password_changed', 'too_many_attempts', 'overloaded'],
  },
]
