/** The course, in its order: a folder below `docs` for each chapter. */
export const CHAPTERS: readonly string[] = [
  '01-what-http-forgets',
  '02-sessions',
  '03-jwt',
  '04-claims',
  '05-signing',
  '06-compared',
  '07-access-and-refresh',
  '08-password-hashes',
  '09-dictionary-attack',
  '10-salt',
  '11-cost-factor',
  '12-register-and-login',
  '13-basic-and-bearer',
  '14-endpoints',
  '15-wiring',
  '16-logout-and-revocation',
  '17-refresh-reuse',
  '18-where-to-keep-a-credential',
  '19-attacks-on-tokens',
  '20-scaling-out',
  '21-when-a-part-fails',
  '22-measuring',
  '23-which-one',
  '24-tutorial-bugs',
]

/** The parts of a chapter, in their order. */
export const PARTS = [
  'The question',
  'The idea',
  'Do it',
  'What you saw',
  'The code',
  'A common mistake',
  'Questions',
] as const
