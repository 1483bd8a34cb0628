import { notApplicable, type Requirement, type RequirementGroup } from './requirement.js'

const NO_MFA = 'A password is the only factor.'
const NO_PAGE = 'The servers serve no page and no form.'
const NO_IDP = 'There is no identity provider.'
const NO_CHANNEL = 'There is no way to reach a user: nothing is sent by mail or otherwise.'

const POLICY = 'packages/users/test/password-policy.test.ts'

const passwords: readonly Requirement[] = [
  {
    id: 'ASVS 6.2.1',
    text: 'A password has 8 characters or more (15 are advised).',
    status: 'met',
    why: '8 are enough here; characters are code points. NIST asks for 15, see below.',
    rows: [
      'register/password-7-characters',
      'register/password-3-characters-of-9-bytes',
      'register/password-8-characters-of-32-bytes',
      'profile/password-policy',
    ],
  },
  {
    id: 'ASVS 6.2.2',
    text: 'Users can change their password.',
    status: 'met',
    rows: ['profile/password'],
  },
  {
    id: 'ASVS 6.2.3',
    text: 'A change of password asks for the current one and the new one.',
    status: 'met',
    rows: ['profile/password-needs-the-current-one'],
  },
  {
    id: 'ASVS 6.2.4',
    text: 'New passwords are compared with the 3,000 most common ones, at least.',
    status: 'met',
    rows: [
      'register/password-common',
      'register/password-common-in-capitals',
      'profile/password-policy',
    ],
    tests: [
      {
        file: POLICY,
        name: 'knows more than 3,000 common passwords that are long enough (OWASP ASVS 5.0 6.2.4)',
      },
    ],
  },
  {
    id: 'ASVS 6.2.5',
    text: 'Any character is allowed, and no kind of character is demanded.',
    status: 'met',
    rows: ['register/password-spaces-colons-emoji', 'register/password-nul'],
  },
  ...notApplicable(
    'ASVS',
    NO_PAGE,
    ['6.2.6', 'Password fields hide what is typed, unless the user wants to see it.'],
    ['6.2.7', 'Passwords can be pasted, and filled in by a password manager.'],
  ),
  {
    id: 'ASVS 6.2.8',
    text: 'A password is compared exactly as it was received: not cut, no letter changed in case.',
    status: 'not met',
    why: 'Nothing is cut and case counts, but the servers normalise passwords to NFC first. NIST SP 800-63B-4 recommends that, because keyboards send the same character in different ways.',
    rows: [
      'register/password-73-bytes',
      'register/password-composed-and-decomposed',
      'login/colons-in-the-password',
    ],
  },
  {
    id: 'ASVS 6.2.9',
    text: 'Passwords of 64 characters are allowed.',
    status: 'not met',
    why: 'bcrypt reads only 72 bytes, so the servers refuse longer passwords. 64 characters fit in ASCII, but not in every script.',
    rows: ['register/password-72-bytes', 'register/password-73-bytes'],
  },
  {
    id: 'ASVS 6.2.10',
    text: 'A password stays valid until its user changes it or it is known to be stolen.',
    status: 'met',
  },
  {
    id: 'ASVS 6.2.11',
    text: 'Words of the context (see 6.1.2) are refused in passwords.',
    status: 'not met',
    why: 'There is no list of such words.',
  },
  {
    id: 'ASVS 6.2.12',
    text: 'New passwords are compared with breached ones.',
    status: 'partly',
    why: 'The list of common passwords comes from breaches, and is short; no service of breached passwords is asked.',
    rows: ['register/password-common'],
  },
]

const general: readonly Requirement[] = [
  {
    id: 'ASVS 6.3.1',
    text: 'Guessing of passwords and stuffing of credentials is hindered as documented.',
    status: 'partly',
    why: 'Guesses at one account are bounded exactly. One guess at each of many accounts is only slowed down by what a hash costs and by the bounded queue.',
    rows: [
      'login/ten-failures-then-wait',
      'login/30-tries-at-once',
      'login/forged-addresses-reset-nothing',
      'login/success-does-not-count',
      'login/lock-ends',
      'profile/guesses-are-bounded',
    ],
    tests: [
      {
        file: 'test/faults/login-flood.test.ts',
        name: 'a bounded number is served, the others get 503, and whoami stays quick',
      },
    ],
  },
  {
    id: 'ASVS 6.3.2',
    text: 'There are no default accounts.',
    status: 'met',
  },
  {
    id: 'ASVS 6.3.3',
    text: 'More than one factor is needed to log in.',
    status: 'not met',
    why: `${NO_MFA} The workbench is about what comes after it.`,
  },
  {
    id: 'ASVS 6.3.4',
    text: 'Every way to authenticate is documented, and all are equally strong.',
    status: 'met',
    why: 'A password is taken at login and at a change of password; one limit counts the guesses at both.',
    rows: ['profile/guesses-are-bounded'],
  },
  {
    id: 'ASVS 6.3.5',
    text: 'Users are told of suspicious logins.',
    status: 'not met',
    why: NO_CHANNEL,
  },
  {
    id: 'ASVS 6.3.6',
    text: 'Email is no factor: no link or code in a mail logs in.',
    status: 'not applicable',
    why: 'The address is a name. Nothing is sent to it.',
  },
  {
    id: 'ASVS 6.3.7',
    text: 'Users are told when what they authenticate with was changed.',
    status: 'not met',
    why: NO_CHANNEL,
  },
  {
    id: 'ASVS 6.3.8',
    text: 'No failed try tells who has an account, by its text, status or time; nor does registration.',
    status: 'partly',
    why: 'Logins tell nothing. Registration says that an email is taken (409): without mail it can not say it to its owner alone.',
    rows: [
      'login/unknown-email-same-answer',
      'login/unknown-email-same-time',
      'login/unknown-account-locks-too',
    ],
    tests: [
      {
        file: 'packages/users/test/password-hash.test.ts',
        name: 'after the cost was %s, every no takes the work of the highest one, round for round',
      },
      {
        file: 'test/contract/password-hashing.test.ts',
        name: 'refusing a login takes the work of the highest stored cost, whoever it is',
      },
    ],
  },
]

export const asvsAuthentication: RequirementGroup = {
  title: 'OWASP ASVS 5.0, V6: Authentication',
  url: 'https://github.com/OWASP/ASVS/blob/master/5.0/en/0x15-V6-Authentication.md',
  requirements: [
    {
      id: 'ASVS 6.1.1',
      text: 'Documentation says how guessing is hindered, how that is configured, and how it is kept from locking users out.',
      status: 'partly',
      why: 'docs/decisions/0010 says it; LOGIN_FAILURES and LOGIN_WINDOW_SECONDS configure it. Ten bad tries of a stranger do keep the owner from a new login for 15 minutes; whoever is logged in stays so.',
      rows: ['login/lock-ends'],
    },
    {
      id: 'ASVS 6.1.2',
      text: 'Words of the context (names of product, organization, systems) that passwords must not use are listed.',
      status: 'not met',
      why: 'Such a list belongs to an organization; the workbench has none.',
    },
    {
      id: 'ASVS 6.1.3',
      text: 'If there are several ways to authenticate, all are documented with their strength.',
      status: 'not applicable',
      why: 'There is one: email and password, in a Basic header (docs/contract/README.md).',
    },
    ...passwords,
    ...general,
    ...notApplicable('ASVS', 'Users choose their password as they register; none is generated.', [
      '6.4.1',
      'Generated first passwords are random, short-lived, and must be replaced.',
    ]),
    {
      id: 'ASVS 6.4.2',
      text: 'There are no password hints and no secret questions.',
      status: 'met',
      why: 'An account has no field for one, and unknown fields are refused.',
      rows: ['register/every-wrong-field-named'],
    },
    {
      id: 'ASVS 6.4.3',
      text: 'A forgotten password can be reset safely.',
      status: 'not met',
      why: `A forgotten password can not be reset. ${NO_CHANNEL}`,
    },
    ...notApplicable('ASVS', NO_MFA, [
      '6.4.4',
      'A lost factor is replaced after as strict a look as at the enrolment.',
    ]),
    ...notApplicable('ASVS', 'Nothing that users authenticate with expires.', [
      '6.4.5',
      'Users are reminded in time to renew what expires.',
    ]),
    ...notApplicable('ASVS', 'There are no administrators.', [
      '6.4.6',
      'Administrators can begin the reset of a password, and never know or choose it.',
    ]),
    ...notApplicable(
      'ASVS',
      NO_MFA,
      ['6.5.1', 'One-time codes and lookup secrets work once.'],
      ['6.5.2', 'Short lookup secrets are stored with a password hash and a salt.'],
      ['6.5.3', 'One-time codes and their seeds come from a secure random source.'],
      ['6.5.4', 'Codes have 20 bits of entropy or more.'],
      ['6.5.5', 'Codes end after minutes, time-based ones after seconds.'],
      ['6.5.6', 'A factor that was stolen or lost can be revoked.'],
      ['6.5.7', 'Biometrics are used beside another factor only.'],
      ['6.5.8', 'Time-based codes are checked by a trusted clock.'],
      [
        '6.6.1',
        'Codes by phone are offered to validated numbers, beside something better, with a warning.',
      ],
      ['6.6.2', 'A code is bound to the login that it was made for.'],
      ['6.6.3', 'Guesses at codes are bounded.'],
      ['6.6.4', 'Push notifications can not be sent in floods.'],
      ['6.7.1', 'Certificates that verify assertions can not be tampered with.'],
      ['6.7.2', 'Challenges have 64 bits or more, and never repeat.'],
    ),
    ...notApplicable(
      'ASVS',
      NO_IDP,
      ['6.8.1', 'One provider can not speak for the users of another.'],
      ['6.8.2', 'Signatures of assertions are always checked.'],
      ['6.8.3', 'SAML assertions work once.'],
      ['6.8.4', 'The strength and age of a login at the provider are checked where they matter.'],
    ),
  ],
}
