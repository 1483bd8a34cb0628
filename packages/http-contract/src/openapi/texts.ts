import type { OperationTag, RequiredCredential, ServerKind } from '../operations/operation.js'

/** What every reader should know before the first endpoint. */
export const info: Readonly<Record<ServerKind, { title: string; description: string }>> = {
  session: {
    title: 'Session server',
    description: `
One of two servers with the same endpoints. This one knows you by a **session cookie**: registering and
logging in set it, and every later request carries it. What the session is about stays on the server.

- Send the cookie back as it came. A browser does so by itself; requests other than \`GET\` must
  then come from this server's own pages or from allowed ones (\`Sec-Fetch-Site\`, \`Origin\`).
- A session ends after a while without use, and at the latest some hours after the login. Any request may
  renew it; \`/auth/token/access\` surely does.`.trim(),
  },
  jwt: {
    title: 'JWT server',
    description: `
One of two servers with the same endpoints. This one knows you by **tokens** (JSON Web Tokens): registering
and logging in give an access token, which opens everything for some minutes, and a refresh token, which is
good for new ones.

- Send \`Authorization: Bearer …\`: the access token, and to \`/auth/token/…\` the refresh token.
- Tokens are signed, not encrypted: whoever holds one can read your id and email in it.
- A refresh token works once, to renew or to rotate: the answer holds the next one. Sending a spent one again
  ends its login, unless the server grants a grace period.`.trim(),
  },
}

/** The rest of the description, for both servers. */
export const RULES: string = `
Bodies are JSON in UTF-8: at most 16 KiB, at most 20 levels deep, without members that are not named here.
Times are ISO 8601 in UTC, durations are seconds, lengths of texts are UTF-16 code units.

A refusal is a problem document (RFC 9457). Its \`code\` is stable and for programs; its texts are for
people. \`4XX\` and \`5XX\` stand for what can meet any request: one that is no proper HTTP, and a fault of
the server. A path that is not in here answers \`404\`, a method that is not \`405\`.

No cache may keep an answer, but for public keys and this document. \`Server-Timing\`, where it is switched
on, tells what a request cost: SQL statements, Redis commands, hashing and signing.`.trim()

export const tags: readonly { readonly name: OperationTag; readonly description: string }[] = [
  { name: 'Login', description: 'Getting a credential, and asking whom it names.' },
  { name: 'Profile', description: 'Your account, and who else has one.' },
  { name: 'Posts', description: 'A private resource, to have something to protect.' },
  { name: 'Renewal', description: 'Staying logged in.' },
  { name: 'Logout', description: 'Ending logins, here and elsewhere.' },
  { name: 'Account', description: 'Deleting the account, and everything with it.' },
  { name: 'Server', description: 'What the server says of itself, to everybody.' },
]

const password = {
  type: 'http',
  scheme: 'basic',
  description: 'Email and password, for the login alone (RFC 7617).',
}

export const securitySchemes: Readonly<Record<ServerKind, Readonly<Record<string, object>>>> = {
  session: {
    password,
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'sid',
      description:
        'The cookie that registering and logging in set. Over https it is named `__Host-sid`. ' +
        'Where the cookie carries the session itself, `sid.sig` goes with it.',
    },
  },
  jwt: {
    password,
    accessToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'Opens everything but renewal, for some minutes (RFC 6750).',
    },
    refreshToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'Is good for new tokens once, and to log out.',
    },
  },
}

/** Which of the {@link securitySchemes} a credential is; of several, one is enough. */
export const securityOf: Readonly<
  Record<ServerKind, Readonly<Record<RequiredCredential, readonly string[]>>>
> = {
  session: {
    none: [],
    basic: ['password'],
    access: ['session'],
    refresh: ['session'],
    'access-or-refresh': ['session'],
  },
  jwt: {
    none: [],
    basic: ['password'],
    access: ['accessToken'],
    refresh: ['refreshToken'],
    'access-or-refresh': ['accessToken', 'refreshToken'],
  },
}
