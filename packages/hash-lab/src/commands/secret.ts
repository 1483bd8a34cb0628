import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { bytesText, passwordText } from '../bytes.js'
import { HashLabError } from '../hash-lab-error.js'
import { parseHash } from '../hash-string.js'
import { algorithmOf, jwtParts } from '../jwt-parts.js'
import { combineRules, RULE_SET_NAMES, type RuleSetName } from '../mangling-rules.js'
import { runAttack } from '../node/run-attack.js'
import { signedToken } from '../node/signed-token.js'
import { findWordList, SECRETS_LIST, type WordList } from '../node/word-list.js'
import { parseRuleSets } from './attack.js'
import { examples } from './examples.js'
import { about, count, duration, percent } from '../figures.js'
import { interruption } from './interruption.js'
import { progress } from './progress.js'
import { table } from './table.js'
import { jsonText } from './json-text.js'

interface SecretOptions {
  readonly words?: string
  readonly rules: readonly RuleSetName[]
  readonly json?: true
}

interface SecretResult {
  readonly token: string
  readonly secret: Uint8Array | undefined
  readonly guesses: number
  readonly seconds: number
  /** Of the word lists. */
  readonly fraction: number
}

const RANDOM_BITS = 256

export function secretCommand(): Command {
  return new Command('secret')
    .description(
      'Guess the secret behind a token’s signature (HS256, HS384, HS512): the same attack as on a password.\n' +
        'Without a token, two are made: one signed as in a tutorial, one with 32 random bytes.',
    )
    .argument('[jwt]', 'the token')
    .option(
      '--words <file>',
      'a word list (default: secrets of tutorials, then 49,000 common passwords)',
    )
    .option(
      '--rules <sets>',
      `also what people make of a word: ${RULE_SET_NAMES.join(', ')}`,
      parseRuleSets,
      [],
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('secret', 'secret eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.…', 'secret --json'),
    )
    .action(secret)
}

async function secret(given: string | undefined, options: SecretOptions): Promise<void> {
  const tokens =
    given === undefined ? exampleTokens() : [['the token', checked(given.trim())] as const]
  const signal = interruption()
  const results: SecretResult[] = []
  for (const [name, token] of tokens) results.push(await guess(name, token, options, signal))
  console.log(options.json ? jsonText(results.map(resultJson)) : report(results))
}

function resultJson({ secret: bytes, ...rest }: SecretResult): object {
  return { ...rest, secret: bytes && bytesText(bytes) }
}

function exampleTokens(): (readonly [string, string])[] {
  const payload = { sub: '1', email: 'mia@example.org' }
  return [
    ['signed with "secret"', signedToken(payload, 'secret')],
    ['signed with 32 random bytes', signedToken(payload, randomBytes(RANDOM_BITS / 8))],
  ]
}

/** @throws {HashLabError} when there is no secret to be guessed */
function checked(token: string): string {
  if (jwtParts(token)) return token
  const algorithm = algorithmOf(token.split('.')[0] ?? '')
  throw new HashLabError(
    algorithm === undefined
      ? 'This is no JWT: three parts with dots between them, the first of them a header in Base64url.'
      : `This token is signed with ${algorithm}, which has no secret to guess; HS256, HS384 and HS512 have one.`,
  )
}

async function guess(
  name: string,
  token: string,
  options: SecretOptions,
  signal: AbortSignal,
): Promise<SecretResult> {
  const target = parseHash(token)
  const rules = combineRules(options.rules)
  const lists = options.words
    ? [findWordList(options.words)]
    : [SECRETS_LIST, findWordList(undefined)]
  const total = lists.reduce((sum, it) => sum + it.bytes, 0)
  const bar = progress(`Guessing: ${name}`)
  const sums = { guesses: 0, seconds: 0, bytes: 0 }
  let found: Uint8Array | undefined
  for (const list of lists) {
    if (!target || found !== undefined || signal.aborted) break
    const outcome = await runAttack({
      targets: [target],
      rules,
      list,
      signal,
      // A thread takes longer to start than a short list to be tried.
      ...threadsFor(list),
      onFound: (_target, password) => (found = password),
      onProgress: (now) =>
        bar.update({
          fraction: (sums.bytes + now.fraction * list.bytes) / total,
          seconds: sums.seconds + now.seconds,
          guesses: sums.guesses + now.guesses,
        }),
    })
    sums.guesses += outcome.guesses
    sums.seconds += outcome.seconds
    sums.bytes += outcome.fraction * list.bytes
  }
  bar.stop()
  return {
    token: name,
    secret: found,
    guesses: sums.guesses,
    seconds: sums.seconds,
    fraction: sums.bytes / total,
  }
}

function threadsFor({ bytes }: WordList): { threads?: number } {
  return bytes < 10_000 ? { threads: 1 } : {}
}

function report(results: readonly SecretResult[]): string {
  const rows = results.map((it) => [
    it.token,
    it.secret === undefined ? 'not found' : `"${passwordText(it.secret)}"`,
    count(it.guesses),
    duration(it.seconds),
    about(it.guesses / it.seconds),
    it.secret === undefined ? `${percent(it.fraction, 1)} of the words` : '',
  ])
  const rate = Math.max(...results.map(({ guesses, seconds }) => guesses / seconds))
  return [
    table(['token', 'secret', 'guesses', 'took', 'guesses/s', ''], rows),
    '',
    `32 random bytes: 2^${RANDOM_BITS} secrets. At this rate, half of them take ${duration(2 ** (RANDOM_BITS - 1) / rate)}.`,
    'Whoever has the secret signs tokens for any user. Make one: openssl rand -base64 32',
  ].join('\n')
}
