import { createHash } from 'node:crypto'
import { verifyPassword } from '@session-vs-jwt/users/password-hash'
import bcrypt from 'bcrypt'
import { Command } from 'commander'
import { BCRYPT_MAX_BYTES } from '../bcrypt-string.js'
import { twoRefreshTokens } from '../node/signed-token.js'
import { examples } from './examples.js'
import { table } from './table.js'
import { jsonText } from './json-text.js'

const COST = 6

/** Two texts, and whether each way of keeping the first one takes the second for it. */
interface Comparison {
  readonly what: string
  readonly bytes: readonly [number, number]
  readonly firstDifference: number
  readonly bcrypt: boolean
  /** What the users of this workbench pass through. */
  readonly refusingLonger: boolean
  readonly bcryptOfSha256: boolean
  readonly sha256: boolean
}

export function truncationCommand(): Command {
  return new Command('truncation')
    .description(
      'bcrypt reads 72 bytes. Two refresh tokens of one user begin alike, so bcrypt takes one for the other.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', examples('truncation', 'truncation --json'))
    .action(truncation)
}

async function truncation({ json }: { readonly json?: true }): Promise<void> {
  const [first, second] = twoRefreshTokens()
  const long = 'x'.repeat(BCRYPT_MAX_BYTES)
  const comparisons = [
    await compare('two refresh tokens of one user', first, second),
    await compare('two passwords of 73 bytes', `${long}a`, `${long}b`),
    await compare('two passwords of 72 bytes', `${long.slice(1)}a`, `${long.slice(1)}b`),
  ]
  console.log(json ? jsonText(comparisons) : report(comparisons))
}

async function compare(what: string, first: string, second: string): Promise<Comparison> {
  const hash = await bcrypt.hash(first, COST)
  const hashOfSha = await bcrypt.hash(sha256(first), COST)
  return {
    what,
    bytes: [Buffer.byteLength(first), Buffer.byteLength(second)],
    firstDifference:
      Buffer.from(first).findIndex((byte, at) => Buffer.from(second)[at] !== byte) + 1,
    bcrypt: await bcrypt.compare(second, hash),
    refusingLonger: await verifyPassword(second, hash),
    bcryptOfSha256: await bcrypt.compare(sha256(second), hashOfSha),
    sha256: sha256(first) === sha256(second),
  }
}

/** In base64: a zero byte in the middle of a raw digest would end some implementations' password. */
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

function report(comparisons: readonly Comparison[]): string {
  const answer = (isTaken: boolean): string => (isTaken ? 'TAKEN FOR IT' : 'told apart')
  const rows = comparisons.map((it) => [
    it.what,
    it.bytes.join(', '),
    it.firstDifference,
    answer(it.bcrypt),
    answer(it.refusingLonger),
    answer(it.bcryptOfSha256),
    answer(it.sha256),
  ])
  return [
    table(
      [
        'the second of',
        'bytes',
        'differ\nat byte',
        'bcrypt',
        'bcrypt, more than\n72 bytes refused',
        'bcrypt of\nSHA-256',
        'SHA-256',
      ],
      rows,
    ),
    '',
    'What to do instead. A password: refuse more than 72 bytes, as packages/users does, or hash it with',
    'SHA-256 in base64 before bcrypt. A token is random already, so it needs no slow hash: SHA-256, as',
    'packages/jwt-server does with the random id of its refresh tokens.',
  ].join('\n')
}
