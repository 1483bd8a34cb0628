import { createHash, randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { hex, utf8 } from '../bytes.js'
import { FastAttacker } from '../fast-attacker.js'
import { type HashString, parseHash } from '../hash-string.js'
import { builtInWords } from '../node/word-list.js'
import { peppered } from '../salt.js'
import { examples } from './examples.js'
import { count, milliseconds } from '../figures.js'
import { table } from './table.js'
import { jsonText } from './json-text.js'

const PASSWORD = 'sunshine'
const USERS = ['mia', 'noah'] as const
const CROWDS = [1, 10, 100]
/** In no word list: these users are never found, so every guess has to be made. */
const STRONG = (user: number): string => `nobody guesses ${user} this`

interface CrowdCost {
  readonly users: number
  readonly unsaltedGuesses: number
  readonly unsaltedMs: number
  readonly saltedGuesses: number
  readonly saltedMs: number
}

interface Attacked {
  readonly found: string | undefined
  readonly guesses: number
  readonly ms: number
}

export function saltCommand(): Command {
  return new Command('salt')
    .description(
      'What a salt changes: equal passwords, the price of each user, and what a leaked salt gives away.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', examples('salt', 'salt --json'))
    .action(salt)
}

async function salt({ json }: { readonly json?: true }): Promise<void> {
  const samePassword = USERS.map((user) => {
    const userSalt = randomBytes(4).toString('hex')
    return {
      user,
      password: PASSWORD,
      unsalted: sha256(PASSWORD),
      salt: userSalt,
      salted: sha256(userSalt + PASSWORD),
    }
  })
  const crowds: CrowdCost[] = []
  for (const users of CROWDS) crowds.push(await crowdCost(users))
  const leaks = await leakedSecrets()
  const figures = { samePassword, crowds, leaks }
  console.log(json ? jsonText(figures) : report(figures))
}

async function crowdCost(users: number): Promise<CrowdCost> {
  const passwords = Array.from({ length: users }, (_, user) => STRONG(user))
  const unsalted = await attack(passwords.map(sha256))
  const salted = await attack(
    passwords.map((password) => {
      const userSalt = randomBytes(4).toString('hex')
      return `${sha256(userSalt + password)}:${userSalt}`
    }),
  )
  return {
    users,
    unsaltedGuesses: unsalted.guesses,
    unsaltedMs: unsalted.ms,
    saltedGuesses: salted.guesses,
    saltedMs: salted.ms,
  }
}

interface Leak {
  readonly thiefHas: string
  readonly found: string | undefined
}

/** The salt stands in the table: it only has to differ. A pepper must stay out of it. */
async function leakedSecrets(): Promise<Leak[]> {
  const userSalt = 'q7h3xk1p'
  const pepper = hex(randomBytes(32))
  const salted = `${sha256(userSalt + PASSWORD)}:${userSalt}`
  const pepperedPassword = await peppered(PASSWORD, pepper)
  const both = `${sha256(userSalt + pepperedPassword)}:${userSalt}`
  const words = new TextDecoder().decode(builtInWords()).trimEnd().split('\n')
  const pepperedWords = await Promise.all(
    words.slice(0, 200).map(async (it) => peppered(it, pepper)),
  )
  const withPepper = await attack([both], utf8(pepperedWords.join('\n')))
  const at = pepperedWords.indexOf(withPepper.found ?? '')
  return [
    { thiefHas: 'hash and salt', found: (await attack([salted])).found },
    { thiefHas: 'hash and salt, of a peppered password', found: (await attack([both])).found },
    { thiefHas: 'hash, salt and pepper', found: at === -1 ? undefined : words[at] },
  ]
}

async function attack(
  hashes: readonly string[],
  words: Uint8Array = builtInWords(),
): Promise<Attacked> {
  const targets = hashes.map((text) => parseHash(text) as HashString)
  let guesses = 0
  let found: string | undefined
  const attacker = await FastAttacker.create({
    hash: 'sha256',
    targets,
    rules: [],
    control: {
      cracked: new Uint8Array(targets.length),
      shouldStop: () => false,
      onGuesses: (some) => (guesses += some),
      onFound: (_target, password) => (found = new TextDecoder().decode(password)),
    },
  })
  const startedAt = performance.now()
  await attacker.tryWords(words, 0, attacker.groups)
  return { found, guesses, ms: performance.now() - startedAt }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

interface Figures {
  readonly samePassword: readonly {
    user: string
    password: string
    unsalted: string
    salt: string
    salted: string
  }[]
  readonly crowds: readonly CrowdCost[]
  readonly leaks: readonly Leak[]
}

function report({ samePassword, crowds, leaks }: Figures): string {
  const short = (digest: string): string => `${digest.slice(0, 16)}…`
  return [
    'Two users with the same password, and SHA-256. Without salt, who cracks one has both, and sees it before.',
    '',
    table(
      ['user', 'password', 'without salt', 'salt', 'with salt'],
      samePassword.map((it) => [
        it.user,
        it.password,
        short(it.unsalted),
        it.salt,
        short(it.salted),
      ]),
    ),
    '',
    'One list of 49,233 words against more and more users. Without salt, another user costs no guess; with',
    'salt, each costs the whole list.',
    '',
    table(
      ['users', 'guesses\nwithout salt', 'took', 'guesses\nwith salt', 'took'],
      crowds.map((it) => [
        count(it.users),
        count(it.unsaltedGuesses),
        milliseconds(it.unsaltedMs),
        count(it.saltedGuesses),
        milliseconds(it.saltedMs),
      ]),
    ),
    '',
    'A salt leaks with its table, and one user is then as easy to attack as without. What stays true is that',
    'nothing was computed before, and nothing is shared between users. A pepper is kept elsewhere (HMAC with a',
    'key of the server): without it there is nothing to try guesses against.',
    '',
    table(
      ['a thief has', `found "${PASSWORD}"`],
      leaks.map(({ thiefHas, found }) => [thiefHas, found ? 'yes' : 'no']),
    ),
  ].join('\n')
}
