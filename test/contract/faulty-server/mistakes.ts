export interface Mistake {
  /** The name of its switch. */
  readonly id: string
  readonly title: string
  /** What an attacker or a user sees. */
  readonly goesWrong: string
  /** Where login tutorials have it. */
  readonly seenIn: string
  readonly fix: string
}

/** What login tutorials do wrong. Each can be seen from outside, over HTTP. */
export const mistakes = [
  {
    id: 'unawaited-compare',
    title: 'The comparison is not awaited',
    goesWrong: 'A promise is never false, so every password logs in.',
    seenIn: '`if (!bcrypt.compare(password, user.password))` in Express and NestJS login handlers.',
    fix: 'Await it; a linter that knows types (`no-misused-promises`) finds every other place.',
  },
  {
    id: 'split-colon',
    title: 'Basic credentials are split at every colon',
    goesWrong: 'A password with a colon is cut there: its owner registers, and can never log in.',
    seenIn:
      "`const [email, password] = decoded.split(':')`, wherever a Basic header is read by hand.",
    fix: 'Split at the first colon only: a user id has none, a password may (RFC 7617, section 2).',
  },
  {
    id: 'rotated-without-sub',
    title: 'The rotated refresh token has no subject',
    goesWrong:
      'What is renewed from it belongs to nobody: "who am I" loses its id, and the profile is refused.',
    seenIn:
      '`signToken({ ...decoded })`, where `signToken` takes a user and reads `user.id`: the decoded ' +
      'token calls it `sub`.',
    fix: 'Name the claims that go over, `sub` first, and let the compiler check their type.',
  },
  {
    id: 'secret-in-source',
    title: 'The secret is a word in the source',
    goesWrong:
      'Whoever tries the usual words, or reads the repository, signs a token for any user.',
    seenIn: "`jwt.sign(payload, 'secret')`, or `process.env.JWT_SECRET || 'secret'`.",
    fix: 'At least 32 random bytes from outside the source, and no start without them (RFC 7518, 3.2).',
  },
  {
    id: 'check-then-insert',
    title: 'A name is looked up, then inserted',
    goesWrong: 'Two registrations that arrive together both find the name free, and both get it.',
    seenIn: '`if (await users.exists({ email })) throw …; await users.save(…)`.',
    fix: "Insert, and let the database's unique index refuse the second one.",
  },
  {
    id: 'tells-unknown-user',
    title: 'An unknown email gets an answer of its own',
    goesWrong: 'The login tells anybody which addresses have an account here.',
    seenIn: '404 "User not found" before 401 "Wrong password".',
    fix: 'One status, one code and one text for both (OWASP ASVS 5.0, 6.3.8).',
  },
  {
    id: 'quick-no',
    title: 'Without a user, no hash is computed',
    goesWrong: 'The same answer comes much sooner for an unknown email: the time tells it.',
    seenIn: '`if (!user) throw …` above the comparison.',
    fix: "Without a user, compare with the hash of nobody's password, and then say no.",
  },
  {
    id: 'irrevocable-refresh',
    title: 'Refresh tokens are verified, and nothing more',
    goesWrong:
      'Logout, rotation and a new password take nothing back: a stolen refresh token goes on until ' +
      'it expires.',
    seenIn:
      '`POST /token` handlers that only call `jwt.verify`; logouts that only the client does.',
    fix: 'Keep a record of each login, end it at logout, and when a spent token comes back (RFC 9700).',
  },
  {
    id: 'refresh-as-access',
    title: 'The type of a token is not looked at',
    goesWrong: 'A refresh token opens private routes: an hour of access instead of five minutes.',
    seenIn: 'One secret for both tokens and one guard that only verifies the signature.',
    fix: 'Each place asks for the type that it takes (RFC 8725, section 3.12).',
  },
  {
    id: 'algorithm-from-header',
    title: 'The token chooses how it is verified',
    goesWrong:
      'A token that says `"alg":"none"` needs no signature: anybody writes one for any user.',
    seenIn:
      '`verify(token, key, { algorithms: [header.alg] })` after a look at the header; old versions of ' +
      'JWT libraries did so by default.',
    fix: 'State the one algorithm of the key (RFC 8725, section 3.1).',
  },
  {
    id: 'decode-instead-of-verify',
    title: 'The token is decoded, not verified',
    goesWrong:
      'Nobody looks at the signature or the expiry: a client edits its token and is whom it likes.',
    seenIn: '`jwt.decode(token)` in route handlers, because it needs no secret and never throws.',
    fix: 'Verify. Decoding is for showing what a token says.',
  },
  {
    id: 'bcrypt-over-jwt',
    title: 'Refresh tokens are kept as bcrypt hashes',
    goesWrong:
      'bcrypt reads 72 bytes, and there all tokens of a user are the same: a spent one still counts.',
    seenIn: '`bcrypt.hash(refreshToken, 10)`, as if a token were a password.',
    fix: 'SHA-256: a token has nothing to guess, so its hash need not be slow.',
  },
  {
    id: 'cut-password',
    title: 'Long passwords are cut without a word',
    goesWrong: 'bcrypt reads 72 bytes: whoever knows the beginning of a longer password is let in.',
    seenIn: '`@MinLength(8)` without an upper limit in front of `bcrypt.hash`.',
    fix: 'Refuse what is over 72 bytes (bytes, not characters), at registration and at login.',
  },
  {
    id: 'password-in-answer',
    title: "The user's row is sent as it is",
    goesWrong:
      'The answer carries the hash of the password, for every log and every cache to keep.',
    seenIn: '`res.json({ user, token })`, with the user as the database gave it.',
    fix: 'Name the fields that are sent; a row that gains a column then tells nobody.',
  },
  {
    id: 'anyones-post',
    title: 'Nobody asks whose post it is',
    goesWrong: 'Whoever is logged in and has an id reads and deletes the posts of others.',
    seenIn: '`Post.findById(req.params.id)` behind a guard that only asks for a login.',
    fix: 'The owner is part of the query (OWASP API1:2023, broken object level authorization).',
  },
  {
    id: 'no-attempt-limit',
    title: 'Failed logins are not counted',
    goesWrong: 'A program tries a whole list of passwords; nothing ever tells it to stop.',
    seenIn: 'Login handlers without a counter: the limit is left for later, or for a proxy.',
    fix: 'Count failures for each account, before the comparison, so that parallel tries count too.',
  },
  {
    id: 'endless-token',
    title: 'Tokens have no expiry',
    goesWrong: 'A token that got out once opens the account for ever.',
    seenIn:
      '`jwt.sign({ id: user._id }, process.env.JWT_SECRET)`: without `expiresIn` there is no `exp`.',
    fix: 'Give every token an `exp`; minutes for access, and a refresh token for the rest.',
  },
] as const satisfies readonly Mistake[]

export type MistakeId = (typeof mistakes)[number]['id']
