import { notApplicable, type RequirementGroup } from './requirement.js'

const STATELESS = 'session-cookie and jwt-stateless keep nothing that could be ended'

export const asvsSessions: RequirementGroup = {
  title: 'OWASP ASVS 5.0, V7: Session Management',
  url: 'https://github.com/OWASP/ASVS/blob/master/5.0/en/0x16-V7-Session-Management.md',
  requirements: [
    {
      id: 'ASVS 7.1.1',
      text: 'Idle and absolute lifetimes are documented, and where they differ from NIST SP 800-63B it is said why.',
      status: 'partly',
      why: 'Sessions end after 30 minutes without a request and after 8 hours in any case, refresh tokens after an hour without one; SESSION_IDLE_SECONDS, REFRESH_TOKEN_SECONDS and their neighbours set them. No risk analysis stands behind the numbers.',
      rows: ['cookies/idle-deadline', 'rotate/deadline-is-absolute'],
    },
    {
      id: 'ASVS 7.1.2',
      text: 'It is documented how many logins an account may have at once, and what happens beyond.',
      status: 'partly',
      why: 'As many as are begun; each is listed, and can be ended. That is said here and nowhere else.',
      rows: ['devices/listed', 'login/success-does-not-count'],
    },
    ...notApplicable('ASVS', 'There is no federation.', [
      '7.1.3',
      'Systems that share logins, and how those end together, are documented.',
    ]),
    {
      id: 'ASVS 7.2.1',
      text: 'Credentials are verified by a server that can be trusted, and by nobody else.',
      status: 'met',
      rows: [
        'whoami/nobody-at-GET-/auth/whoami',
        'tokens/no-signature',
        'cookies/id-not-made-here-of-its-form',
      ],
    },
    {
      id: 'ASVS 7.2.2',
      text: 'Logins use credentials made for them, no fixed keys.',
      status: 'met',
      rows: ['rotate/new-credential', 'tokens/two-logins-two-jti'],
    },
    {
      id: 'ASVS 7.2.3',
      text: 'Session ids are unique, and 128 random bits or more from a secure source.',
      status: 'met',
      why: '256 bits; stores keep their SHA-256 only.',
      tests: [
        {
          file: 'packages/session-server/test/session-id.test.ts',
          name: 'is 256 bits of the random source, all of them (OWASP Session Management)',
        },
        {
          file: 'test/contract/stored-families.test.ts',
          name: 'a store knows no token: neither Redis nor PostgreSQL holds one, or its id',
        },
      ],
    },
    {
      id: 'ASVS 7.2.4',
      text: 'A login, a repeated one too, makes a new credential and ends the one before.',
      status: 'partly',
      why: 'So it is at the session server. The JWT server is not shown the tokens before: they live on as another device. A change of password, which asks for the current one, keeps the session that it came with.',
      rows: ['cookies/fixation', 'cookies/id-not-made-here-of-its-form', 'rotate/new-credential'],
    },
    {
      id: 'ASVS 7.3.1',
      text: 'A login that nobody uses ends.',
      status: 'met',
      rows: ['cookies/idle-deadline', 'tokens/expire'],
    },
    {
      id: 'ASVS 7.3.2',
      text: 'A login ends after some time, used or not.',
      status: 'partly',
      why: 'After 8 hours, but for jwt-stateless: each of its rotations begins a new hour, without an end.',
      rows: ['rotate/deadline-is-absolute', 'logout/what-outlives-it-ends'],
    },
    {
      id: 'ASVS 7.4.1',
      text: 'What was ended opens nothing any more; self-contained tokens need a list of what was ended, or the like.',
      status: 'partly',
      why:
        'At once with session-redis, session-postgres, session-memory and jwt-denylist. With jwt-valid-after, a logout everywhere, a new password and the end of the account end access tokens at once, but a single logout doesn’t. Access tokens of jwt-rotating and jwt-user-lookup live their 300 s; ' +
        `${STATELESS}. docs/contract/strategies.md compares them.`,
      rows: [
        'strategy/afterLogout',
        'strategy/afterLogoutAll',
        'logout/ends-the-login',
        'logout/everywhere',
        'logout/everywhere-while-others-renew',
        'logout/overlapping-whoami',
        'logout/overlapping-renew',
        'logout/overlapping-rotate',
        'logout/what-outlives-it-ends',
        'strategy/spentCredential',
      ],
    },
    {
      id: 'ASVS 7.4.2',
      text: 'The logins of an account end when it is disabled or deleted.',
      status: 'partly',
      why: 'DELETE /users/me ends them at once with session-redis, session-postgres, session-memory, jwt-denylist, jwt-valid-after and jwt-user-lookup. Elsewhere nothing can be renewed where families are stored, a request that needs the user is refused, and the identity is told until the credential expires. No account can be disabled.',
      rows: ['strategy/afterUserDeleted', 'account/ends-every-login', 'account/login-at-once'],
    },
    {
      id: 'ASVS 7.4.3',
      text: 'After a change of password all other logins can be ended.',
      status: 'partly',
      why: `They are ended. ${STATELESS}.`,
      rows: [
        'profile/password-ends-other-devices',
        'logout/everywhere',
        'profile/password',
        'strategy/afterLogoutAll',
        'strategy/afterOwnNewPassword',
      ],
    },
    ...notApplicable('ASVS', 'The servers serve no page.', [
      '7.4.4',
      'Every page behind a login shows how to log out.',
    ]),
    {
      id: 'ASVS 7.4.5',
      text: 'Administrators can end the logins of one user or of all.',
      status: 'not met',
      why: 'There are no administrators. New keys (npm run rotate-keys, twice) end the logins of all.',
    },
    {
      id: 'ASVS 7.5.1',
      text: 'What matters for authentication is changed after another proof of who it is.',
      status: 'met',
      why: 'A new password and the end of the account need the current password; the email cannot be changed.',
      rows: [
        'profile/password-needs-the-current-one',
        'profile/guesses-are-bounded',
        'account/needs-the-password',
        'account/guesses-are-bounded',
      ],
    },
    {
      id: 'ASVS 7.5.2',
      text: 'Users can see and end their logins, after another proof of who they are.',
      status: 'partly',
      why: `No further proof is asked: whoever holds one login can end the others. ${STATELESS}, and answer 501.`,
      rows: [
        'devices/listed',
        'devices/end-one',
        'devices/not-of-others',
        'logout/everywhere',
        'strategy/devices',
      ],
    },
    ...notApplicable('ASVS', 'Nothing here is so sensitive: posts and a nickname.', [
      '7.5.3',
      'Highly sensitive transactions need a further factor.',
    ]),
    ...notApplicable(
      'ASVS',
      'There is no identity provider.',
      ['7.6.1', 'Lifetimes at the provider and at its applications fit together.'],
      ['7.6.2', 'No application begins a login without its user doing something.'],
    ),
  ],
}
