import crypto from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import bcrypt from 'bcrypt'
import { median } from 'simple-statistics'
import { FastAttacker } from '../fast-attacker.js'
import { type HashString, parseHash } from '../hash-string.js'
import type { FastHash } from '../kernel/message-slots.js'
import { combineRules } from '../mangling-rules.js'
import { oneShotAttack } from '../one-shot-exhibit.js'
import { SlowAttacker } from '../slow-attacker.js'
import { COMMON_PASSWORDS } from '../word-lists.js'
import { nativeHashes } from './native-hashes.js'
import { runAttack } from './run-attack.js'
import { builtInWords, findWordList } from './word-list.js'

/** Two ways of doing the same, in turn in one run. */
export interface Comparison {
  readonly what: string
  /** Guesses a second, medians. */
  readonly baseline: number
  readonly lab: number
  /** Of the medians. */
  readonly ratio: number
  /** What the lab is held to. */
  readonly atLeast: number
}

const ROUNDS = 12
const BCRYPT_COST = 5
const BCRYPT_GUESSES = 60
const PASSES = 4
const BCRYPT_FLOOR = 0.95
const TWO_CORES_FLOOR = 1.8
const FAST_FLOOR = 3

/** Known passwords of the list, and some that are not in it. */
const WANTED = [0, 7, 4_242, COMMON_PASSWORDS.length - 1].map((i) => COMMON_PASSWORDS[i] as string)
const UNKNOWN = Array.from({ length: 996 }, (_, i) => `nobody has this ${i}`)

/** md5, sha1 or sha256 of the built-in list against 1000 targets, on one core. */
export async function compareFast(hash: FastHash, signal: AbortSignal): Promise<Comparison> {
  const digests = [...WANTED, ...UNKNOWN].map((it) => oneShot(hash, it))
  const targets = digests.map((text) => parseHash(text) as HashString)
  const targetSet = new Set(digests)
  const attack = await labAttack(hash, targets)
  const guesses = COMMON_PASSWORDS.length * PASSES
  return compare({
    what: `${hash}, one core`,
    signal,
    atLeast: FAST_FLOOR,
    baseline: () => {
      for (let pass = 0; pass < PASSES; pass += 1) {
        const found = oneShotAttack(COMMON_PASSWORDS, targetSet, (text) => oneShot(hash, text))
        check(found, WANTED)
      }
      return guesses
    },
    lab: async () => {
      for (let pass = 0; pass < PASSES; pass += 1) check(await attack(), WANTED)
      return guesses
    },
  })
}

/** The best one-shot call: no hash object, where this Node.js has it. */
function oneShot(hash: FastHash, text: string): string {
  return crypto.hash(hash, text, 'hex')
}

/** The attack of the lab, ready to be run again and again, as the set of targets is for the other. */
async function labAttack(
  hash: FastHash,
  targets: readonly HashString[],
): Promise<() => Promise<string[]>> {
  const words = builtInWords()
  const cracked = new Uint8Array(targets.length)
  let found: string[] = []
  const attacker = await FastAttacker.create({
    hash,
    targets,
    rules: [],
    control: {
      cracked,
      shouldStop: () => false,
      onGuesses: () => undefined,
      onFound: (_target, password) => found.push(Buffer.from(password).toString()),
    },
  })
  return async () => {
    found = []
    cracked.fill(0)
    await attacker.tryWords(words, 0, attacker.groups)
    return found
  }
}

/** @throws {Error} when the two ways do not find the same */
function check(found: readonly string[], wanted: readonly string[]): void {
  if (found.toSorted().join('\n') === wanted.toSorted().join('\n')) return
  throw new Error(`found ${found.join(', ')} instead of ${wanted.join(', ')}`)
}

/** The lab's guesses at one bcrypt hash, and the native library called in a loop. */
export async function compareBcrypt(signal: AbortSignal): Promise<Comparison> {
  const hash = bcrypt.hashSync('nobody has this', BCRYPT_COST)
  const words = COMMON_PASSWORDS.slice(0, BCRYPT_GUESSES)
  const buffers = words.map((it) => Buffer.from(it))
  const lines = Buffer.from(`${words.join('\n')}\n`)
  return compare({
    what: `bcrypt, cost ${BCRYPT_COST}, one core`,
    signal,
    atLeast: BCRYPT_FLOOR,
    baseline: () => buffers.filter((it) => !bcrypt.compareSync(it, hash)).length,
    lab: async () => {
      let guesses = 0
      const attacker = new SlowAttacker({
        targets: [parseHash(hash) as HashString],
        rules: [],
        hashes: nativeHashes,
        control: {
          cracked: new Uint8Array(1),
          shouldStop: () => false,
          onGuesses: (count) => (guesses += count),
          onFound: () => undefined,
        },
      })
      await attacker.tryWords(lines, 0, 1)
      return guesses
    },
  })
}

/**
 * A whole attack with rules on one core and on two, of some seconds: each thread compiles the lab's code for
 * itself, which is a large part of an attack of one second.
 */
export async function compareCores(signal: AbortSignal): Promise<Comparison> {
  const targets = [parseHash(oneShot('md5', 'nobody has this')) as HashString]
  const rules = combineRules(['case', 'leet', 'suffixes'])
  const list = findWordList(undefined)
  const rate = async (threads: number): Promise<Timed> => {
    const { guesses, seconds } = await runAttack({ targets, rules, list, threads, signal })
    return { guesses, seconds }
  }
  return compareTimed({
    what: 'md5 with rules, two cores to one',
    signal,
    atLeast: TWO_CORES_FLOOR,
    rounds: 4,
    baseline: async () => rate(1),
    lab: async () => rate(2),
  })
}

interface Timed {
  readonly guesses: number
  readonly seconds: number
}

interface Ways<Result> {
  readonly what: string
  /** Ends it before it is done: the promise is then rejected with its reason. */
  readonly signal: AbortSignal
  readonly atLeast: number
  readonly rounds?: number
  readonly baseline: () => Result
  readonly lab: () => Result | Promise<Result>
}

/** By the time that the processor worked for it: what others have it do meanwhile counts for nothing. */
async function compare(ways: Ways<number>): Promise<Comparison> {
  const timed = async (work: () => number | Promise<number>): Promise<Timed> => {
    const before = process.cpuUsage()
    const guesses = await work()
    const { user, system } = process.cpuUsage(before)
    return { guesses, seconds: (user + system) / 1e6 }
  }
  return compareTimed({
    ...ways,
    baseline: async () => timed(ways.baseline),
    lab: async () => timed(ways.lab),
  })
}

/** In turn, and each as often first, so that what else the machine does hits both. Round 0 warms up. */
async function compareTimed({
  what,
  signal,
  atLeast,
  rounds = ROUNDS,
  baseline,
  lab,
}: Ways<Promise<Timed>>): Promise<Comparison> {
  const rates = { baseline: [] as number[], lab: [] as number[] }
  const ways = [
    ['baseline', baseline],
    ['lab', lab],
  ] as const
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, way] of round % 2 === 0 ? ways : ways.toReversed()) {
      const { guesses, seconds } = await way()
      // Lets Ctrl-C in.
      await setImmediate()
      signal.throwIfAborted()
      if (round > 0) rates[name].push(guesses / seconds)
    }
  }
  const medians = { baseline: median(rates.baseline), lab: median(rates.lab) }
  return { what, atLeast, ...medians, ratio: medians.lab / medians.baseline }
}
