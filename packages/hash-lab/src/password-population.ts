import { appending, applyRule, parseRule, RULE_SETS } from './mangling-rules.js'
import type { Random } from './random.js'
import { COMMON_PASSWORDS, PLAIN_WORDS } from './word-lists.js'

/** Somebody with a password. */
export interface Person {
  readonly user: string
  readonly password: string
}

/**
 * How people choose, roughly: some take a common password as it is, some change one until the form
 * lets them pass, and some have a password manager.
 */
const SHARES = { common: 0.45, mangled: 0.35 } as const

/**
 * The r-th most common password is that of a share of users that falls as r^-s (Wang and others,
 * "Zipf's Law in Passwords", 2017: s from 0.6 to 0.9 in 14 leaks).
 */
const ZIPF_EXPONENT = 0.8

const STRONG_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_.!+'
const DIGITS = '0123456789'

/** People and the passwords that they chose. User names are words, each of one person. */
export function populate(count: number, random: Random): Person[] {
  const names = new Set<string>()
  const commonPassword = zipf(COMMON_PASSWORDS, random)
  return Array.from({ length: count }, () => ({
    user: newName(names, random),
    password: choosePassword(commonPassword, random),
  }))
}

function choosePassword(commonPassword: () => string, random: Random): string {
  const chance = random.fraction()
  if (chance < SHARES.common) return commonPassword()
  if (chance < SHARES.common + SHARES.mangled) return mangle(commonPassword(), random)
  return random.text(12 + random.integer(9), STRONG_ALPHABET)
}

/** A capital, most of the time; then a digit or a year, most of the time one that others take too. */
function mangle(word: string, random: Random): string {
  const leet = random.fraction() < 0.2 ? random.pick(RULE_SETS.leet) : ''
  const letters = random.fraction() < 0.6 ? 'c' : ''
  return applyRule(parseRule(leet + letters + ending(random) || ':'), word)
}

function ending(random: Random): string {
  const chance = random.fraction()
  if (chance < 0.5) return random.pick(RULE_SETS.suffixes)
  if (chance < 0.8) return random.pick(RULE_SETS.years)
  return appending(random.text(2 + random.integer(4), DIGITS))
}

/** Draws items of a list, most common first, by Zipf's law. */
function zipf<T>(items: readonly T[], random: Random): () => T {
  const sums = new Float64Array(items.length)
  let total = 0
  items.forEach((_, index) => (sums[index] = total += (index + 1) ** -ZIPF_EXPONENT))
  return () => items[firstAbove(sums, random.fraction() * total)] as T
}

function firstAbove(sums: Float64Array, value: number): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] as number) > value) high = middle
    else low = middle + 1
  }
  return low
}

function newName(taken: Set<string>, random: Random): string {
  let name = `${random.pick(PLAIN_WORDS)}.${random.pick(PLAIN_WORDS)}`
  while (taken.has(name)) name += random.integer(10)
  taken.add(name)
  return name
}
