import { Command, InvalidArgumentError, Option } from 'commander'
import { bcryptParts, BCRYPT_COSTS, BCRYPT_MAX_BYTES } from '../bcrypt-string.js'
import { HASH_EXHIBITS, type HashedTwice, hashTwice } from '../hash-exhibit.js'
import { exhibitedHash } from '../node/exhibited-hash.js'
import { examples } from './examples.js'
import { milliseconds } from '../figures.js'
import { readPassword } from './read-password.js'
import { table } from './table.js'
import { jsonText } from './json-text.js'

interface HashOptions {
  readonly cost: number
  readonly json?: true
}

export function hashCommand(): Command {
  return new Command('hash')
    .description(
      'Hash one password in six ways, each twice: what comes out the same can be looked up.\n' +
        'Without an argument the password is asked for, or read from a pipe.',
    )
    .argument(
      '[password]',
      'the password, or its bytes as $HEX[…]; your shell keeps it in its history',
    )
    .addOption(new Option('--cost <n>', 'bcrypt’s cost, 4 to 16').default(12).argParser(parseCost))
    .option('--json', 'print JSON')
    .addHelpText('after', examples('hash hunter2', 'hash', 'hash hunter2 --cost 14 --json'))
    .action(hash)
}

/** Costs that end within seconds. */
const LAB_COSTS = { min: BCRYPT_COSTS.min, max: 16 } as const

export function parseCost(text: string): number {
  const cost = Number(text)
  if (Number.isInteger(cost) && cost >= LAB_COSTS.min && cost <= LAB_COSTS.max) return cost
  throw new InvalidArgumentError(`It is a whole number from ${LAB_COSTS.min} to ${LAB_COSTS.max}.`)
}

async function hash(given: string | undefined, { cost, json }: HashOptions): Promise<void> {
  const password = await readPassword(given)
  const results = await hashTwice((scheme) => exhibitedHash(scheme, password, cost))
  const bcrypt = results.find(({ scheme }) => scheme === 'bcrypt')
  const parts = bcrypt && bcryptParts(bcrypt.first)
  if (json) {
    console.log(jsonText({ bytes: password.length, results, bcrypt: parts }))
    return
  }
  console.log(table(['function', 'twice', 'one takes', 'result'], results.map(row)))
  if (parts) console.log(`\n${bcryptText(bcrypt.first)}`)
  if (password.length > BCRYPT_MAX_BYTES) {
    console.log('\nThis password has over 72 bytes; bcrypt read the first 72. See: truncation')
  }
}

function row({ scheme, first, second, ms }: HashedTwice): string[] {
  const both = first === second ? first : `${first}\n${second}`
  return [scheme, first === second ? 'the same' : 'differs', milliseconds(ms), both]
}

function bcryptText(text: string): string {
  const parts = bcryptParts(text)
  if (!parts) return text
  const { version, cost, salt, hash: rest } = parts
  return [
    'bcrypt’s string, taken apart:',
    `  $${version}$            version`,
    `  ${String(cost).padStart(2, '0')}$             cost: 2^${cost} = ${2 ** cost} rounds of key setup`,
    `  ${salt}   salt: 16 random bytes, not secret, so that equal passwords differ`,
    `  ${rest}   hash: 23 bytes`,
    'md5, sha1 and sha256 give the same each time: one table of results serves for every user.',
    `The others are salted: ${HASH_EXHIBITS.length - 3} functions, no two results alike.`,
  ].join('\n')
}
