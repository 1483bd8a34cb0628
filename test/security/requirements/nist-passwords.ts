import type { RequirementGroup } from './requirement.js'

export const nistPasswords: RequirementGroup = {
  title: 'NIST SP 800-63B-4, section 3.1.1.2: the length of passwords',
  url: 'https://pages.nist.gov/800-63-4/sp800-63b.html',
  requirements: [
    {
      id: 'NIST SP 800-63B-4: 15 characters',
      text: 'A password that is the only factor has 15 characters or more.',
      status: 'not met',
      why: 'A password is the only factor here, and 8 characters are enough.',
      rows: ['register/password-8-characters-of-32-bytes'],
    },
    {
      id: 'NIST SP 800-63B-4: code points',
      text: 'Each code point of Unicode counts as one character.',
      status: 'met',
      rows: [
        'register/password-3-characters-of-9-bytes',
        'register/password-7-characters-of-14-utf-16-units',
        'register/password-8-characters-of-32-bytes',
      ],
    },
    {
      id: 'NIST SP 800-63B-4: 64 characters',
      text: 'Passwords of 64 characters should be allowed.',
      status: 'not met',
      why: 'bcrypt reads only 72 bytes, so the servers refuse longer passwords. 64 characters fit in ASCII, but not in every script.',
      rows: ['register/password-72-bytes', 'register/password-73-bytes'],
    },
  ],
}
