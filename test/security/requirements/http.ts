import type { RequirementGroup } from './requirement.js'

const ASVS = 'https://github.com/OWASP/ASVS/tree/master/5.0/en'

/** A choice, not whole chapters: what is tested here beyond the documents that are gone through in full. */
export const http: readonly RequirementGroup[] = [
  {
    title: 'OWASP ASVS 5.0, other chapters: a choice',
    url: ASVS,
    requirements: [
      {
        id: 'ASVS 3.3.1',
        text: 'Cookies are Secure.',
        status: 'partly',
        why: 'Where clients come by https (PUBLIC_SCHEME=https). On plain http, as on localhost, they can not be.',
        rows: ['cookies/over-https'],
      },
      {
        id: 'ASVS 3.3.2',
        text: 'SameSite is set on every cookie.',
        status: 'met',
        rows: ['cookies/attributes'],
      },
      {
        id: 'ASVS 3.3.3',
        text: 'Names of cookies begin with __Host-.',
        status: 'met',
        why: 'Over https; the prefix needs it.',
        rows: ['cookies/over-https'],
      },
      {
        id: 'ASVS 3.3.4',
        text: 'Session cookies are HttpOnly, and their value is sent in no other way.',
        status: 'met',
        rows: ['cookies/attributes'],
      },
      { id: 'ASVS 3.3.5', text: 'Cookies have 4096 bytes at most.', status: 'met' },
      {
        id: 'ASVS 3.4.1',
        text: 'Every answer over https has Strict-Transport-Security.',
        status: 'partly',
        why: 'But for what is refused before it is read as a request: a malformed one, or one with too long headers.',
        rows: ['cookies/over-https'],
        tests: [
          {
            file: 'packages/http-edge/test/browser-headers.test.ts',
            name: 'promise https only where it is there (RFC 6797, section 7.2)',
          },
        ],
      },
      {
        id: 'ASVS 3.4.2',
        text: 'Only listed origins may read answers from a browser.',
        status: 'met',
        rows: ['cookies/allowed-origin'],
      },
      { id: 'ASVS 3.4.4', text: 'Every answer says nosniff.', status: 'met' },
      { id: 'ASVS 3.4.6', text: 'No answer can be framed.', status: 'met' },
      {
        id: 'ASVS 3.5.1',
        text: 'Unsafe requests come from pages of the server itself, or of an origin that is allowed.',
        status: 'met',
        rows: [
          'cookies/csrf-cross-site',
          'cookies/csrf-null-origin',
          'cookies/csrf-cross-site-with-own-origin',
        ],
      },
      {
        id: 'ASVS 3.5.2',
        text: 'What relies on a preflight cannot be had without one: no form can send it.',
        status: 'met',
        rows: ['input/body-a-form', 'input/body-without-a-media-type'],
      },
      {
        id: 'ASVS 3.5.3',
        text: 'Safe methods change nothing.',
        status: 'met',
        rows: ['input/method-GET-/auth/login/email'],
      },
      { id: 'ASVS 3.5.6', text: 'There is no JSONP.', status: 'met' },
      { id: 'ASVS 4.1.3', text: 'Headers of a proxy cannot be set by a client.', status: 'met' },
      {
        id: 'ASVS 4.1.4',
        text: 'Only methods that a route has are answered.',
        status: 'met',
        rows: ['input/method-PUT-/auth/whoami'],
      },
      {
        id: 'ASVS 4.2.1',
        text: 'Where a message ends is beyond doubt: no request smuggling.',
        status: 'met',
      },
      {
        id: 'ASVS 11.4.2',
        text: 'Passwords are stored with a password hash of today’s cost.',
        status: 'met',
        why: 'bcrypt, cost 12; below 10 the servers do not start.',
        tests: [
          {
            file: 'packages/server-process/test/server-config.test.ts',
            name: 'take a bcrypt cost of 10 or more everywhere, and of 4 in tests',
          },
        ],
      },
      { id: 'ASVS 14.2.1', text: 'No credential stands in an address.', status: 'met' },
      {
        id: 'ASVS 14.3.2',
        text: 'No answer with private data is cached.',
        status: 'met',
        rows: ['cache/no-store'],
      },
      {
        id: 'ASVS 15.3.3',
        text: 'Fields that a request may not set are refused.',
        status: 'met',
        rows: ['register/every-wrong-field-named'],
      },
      {
        id: 'ASVS 15.3.4',
        text: 'Limits go by nothing that a client can choose.',
        status: 'met',
        why: 'They go by account; addresses of clients are not looked at.',
        rows: ['login/forged-addresses-reset-nothing'],
      },
      {
        id: 'ASVS 15.3.5',
        text: 'Values have the type that they should have.',
        status: 'met',
        rows: ['input/whatever-body'],
      },
      {
        id: 'ASVS 15.3.6',
        text: 'No input reaches the prototype of objects.',
        status: 'met',
        rows: ['input/body-with-__proto__'],
      },
      {
        id: 'ASVS 15.3.7',
        text: 'Parameters that come twice are refused.',
        status: 'met',
        rows: ['input/query-users?limit=1&limit=2'],
      },
      {
        id: 'ASVS 15.4.2',
        text: 'Checks and what depends on them are one step.',
        status: 'met',
        rows: [
          'register/race-of-one-email',
          'register/race-of-one-nickname',
          'rotate/20-at-once',
          'login/30-tries-at-once',
        ],
      },
      {
        id: 'ASVS 15.4.4',
        text: 'Nobody can take what all others need: places in a queue, connections, time.',
        status: 'partly',
        why: 'Slow clients hold no place where passwords are hashed, and queues are bounded. Who sends enough logins still keeps others waiting: there is no limit by client.',
        tests: [
          {
            file: 'test/faults/slow-client.test.ts',
            name: 'each is cut within five seconds with 408, leaves nothing behind, and disturbs nobody',
          },
        ],
      },
      {
        id: 'ASVS 16.2.5',
        text: 'No credential is logged.',
        status: 'met',
        tests: [
          {
            file: 'test/contract/trace.test.ts',
            name: 'no password, token or cookie is in the log at any level, nor in a masked event',
          },
          {
            file: 'packages/server-process/test/logger.test.ts',
            name: 'holds no credential at any level and depth, and keeps what is harmless',
          },
        ],
      },
      { id: 'ASVS 16.5.1', text: 'Errors tell a client nothing of the inside.', status: 'met' },
      {
        id: 'ASVS 16.5.2',
        text: 'While something else is down, what is answered stays secure.',
        status: 'met',
        rows: ['strategy/withoutRedis'],
      },
      { id: 'ASVS 16.5.3', text: 'An error refuses: nothing fails open.', status: 'met' },
      {
        id: 'ASVS 16.5.4',
        text: 'What nobody caught is caught at last, and logged.',
        status: 'met',
      },
    ],
  },
  {
    title: 'RFCs of HTTP: a choice',
    url: 'https://www.rfc-editor.org',
    requirements: [
      { id: 'RFC 6265 4.2', text: 'A cookie is found by its exact name.', status: 'met' },
      {
        id: 'RFC 6265 8.6',
        text: 'Cookies set by a neighbouring host cannot pass for those of the server.',
        status: 'met',
        why: 'Over https the prefix keeps them out. Of two with one name none counts.',
        rows: ['cookies/over-https'],
      },
      {
        id: 'RFC 6750 2',
        text: 'One request says in one way who sends it.',
        status: 'met',
      },
      { id: 'RFC 6750 2.3', text: 'Tokens are not taken from a query.', status: 'met' },
      { id: 'RFC 6750 5.3', text: 'Tokens are not kept in cookies.', status: 'met' },
      {
        id: 'RFC 7617 2',
        text: 'The first colon ends the user id; user id and password are UTF-8 without control characters.',
        status: 'met',
        why: 'But for the password, which may hold any character.',
        rows: [
          'login/colons-in-the-password',
          'login/header-with-no-colon',
          'login/header-with-invalid-utf-8',
          'login/header-with-a-nul-in-the-email',
        ],
      },
      {
        id: 'RFC 8259 4',
        text: 'Members of an object have different names; readers differ about those that have not.',
        status: 'met',
        why: 'Such a body is refused.',
      },
      { id: 'RFC 9110 5.3', text: 'A field that may stand once stands once.', status: 'met' },
      {
        id: 'RFC 9112 11.1',
        text: 'No input ends a header of an answer (response splitting).',
        status: 'met',
      },
      {
        id: 'RFC 9112 11.2',
        text: 'No message can be read as two (request smuggling).',
        status: 'met',
      },
    ],
  },
]
