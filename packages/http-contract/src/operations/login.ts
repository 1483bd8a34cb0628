import { json } from './answer.js'
import { paths } from '../contract.js'
import { exampleAccount, exampleTokens, exampleUser, exampleWhoami } from './examples.js'
import type { Operation } from './operation.js'

const userBody = { user: exampleUser }
const userWithTokens = { user: exampleUser, ...exampleTokens }

/** Getting a credential, and asking whom it names. */
export const loginOperations: readonly Operation[] = [
  {
    id: 'register',
    method: 'POST',
    path: paths.register,
    tag: 'Login',
    summary: 'Register',
    description:
      'Creates an account and logs in. Of registrations that arrive at once with one nickname or ' +
      'email, one wins.',
    credential: 'none',
    parameters: [],
    body: {
      schema: 'registerRequest',
      examples: [{ name: 'ada', summary: 'A new account', value: exampleAccount }],
    },
    success: {
      session: json(
        201,
        'Registered, and logged in by a cookie.',
        'userBody',
        userBody,
        'newCookie',
      ),
      jwt: json(201, 'Registered, and logged in by two tokens.', 'userWithTokens', userWithTokens),
    },
    problems: [
      'password_refused',
      'nickname_taken',
      'email_taken',
      'store_unavailable',
      'overloaded',
    ],
  },
  {
    id: 'login',
    method: 'POST',
    path: paths.login,
    tag: 'Login',
    summary: 'Log in',
    description:
      'Takes email and password as `Authorization: Basic base64(email:password)`, in UTF-8. An ' +
      'unknown email and a wrong password get the same answer after the same time. Too many ' +
      'failures lock the account for a while: ten in 15 minutes, by default.',
    credential: 'basic',
    parameters: [],
    success: {
      session: json(200, 'Logged in by a cookie.', 'userBody', userBody, 'newCookie'),
      jwt: json(200, 'Logged in by two tokens.', 'userWithTokens', userWithTokens),
    },
    problems: ['too_many_attempts', 'overloaded'],
  },
  {
    id: 'whoami',
    method: 'GET',
    path: paths.whoami,
    tag: 'Login',
    summary: 'Who am I?',
    description: 'What the credential says. The user’s row is not read.',
    credential: 'access',
    parameters: [],
    success: {
      session: json(200, 'Who holds the session.', 'whoami', exampleWhoami.session),
      jwt: json(200, 'Who holds the token.', 'whoami', exampleWhoami.jwt),
    },
    problems: [],
  },
]
