import { HashLabError } from './hash-lab-error.js'
import { MAX_ENDING_BYTES } from './kernel/message-slots.js'

/** Longest word that rules are applied to, and longest that they make. */
export const MAX_WORD_BYTES = 256

/**
 * A rule in the language of hashcat and John the Ripper, such as `c$1` (first letter large, then a 1).
 * Works on bytes, and on ASCII letters, as those programs do.
 */
export interface Rule {
  readonly text: string
  /** The functions before the ending, as text: rules with the same ones share that work. */
  readonly bodyText: string
  readonly body: Operation
  /** What the rule appends last: its final `$X`, up to seven of them. */
  readonly ending: Uint8Array
}

/** Changes a word in place, `length` bytes of `word`. Gives back the new length. */
export type Operation = (word: Uint8Array, length: number) => number

const isLower = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a
const isUpper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a
const lower = (byte: number): number => (isUpper(byte) ? byte + 0x20 : byte)
const upper = (byte: number): number => (isLower(byte) ? byte - 0x20 : byte)
const toggled = (byte: number): number => (isLower(byte) ? upper(byte) : lower(byte))

/** Every byte becomes what `change` makes of it; the first one, what `changeFirst` does. */
function each(change: (byte: number) => number, changeFirst = change): Operation {
  const rest = Uint8Array.from({ length: 256 }, (_, byte) => change(byte))
  const first = Uint8Array.from({ length: 256 }, (_, byte) => changeFirst(byte))
  return (word, length) => {
    if (length > 0) word[0] = first[word[0] as number] as number
    for (let i = 1; i < length; i += 1) word[i] = rest[word[i] as number] as number
    return length
  }
}

/** Functions of one letter. `:` does nothing, and spaces are for the reader. */
const PLAIN: Readonly<Record<string, Operation>> = {
  l: each(lower),
  u: each(upper),
  c: each(lower, upper),
  C: each(upper, lower),
  t: each(toggled),
  r: (word, length) => {
    word.subarray(0, length).reverse()
    return length
  },
  d: (word, length) => {
    if (length * 2 > MAX_WORD_BYTES) return length
    word.copyWithin(length, 0, length)
    return length * 2
  },
  '[': (word, length) => {
    word.copyWithin(0, 1, length)
    return Math.max(0, length - 1)
  },
  ']': (_word, length) => Math.max(0, length - 1),
}

/** Functions with bytes behind them. */
const WITH_BYTES: Readonly<Record<string, readonly [number, (...bytes: number[]) => Operation]>> = {
  $: [1, append],
  '^': [1, prepend],
  '@': [1, purge],
  s: [2, (from = 0, to = 0) => each((byte) => (byte === from ? to : byte))],
}

function append(added = 0): Operation {
  return (word, length) => {
    if (length >= MAX_WORD_BYTES) return length
    word[length] = added
    return length + 1
  }
}

function prepend(added = 0): Operation {
  return (word, length) => {
    if (length >= MAX_WORD_BYTES) return length
    word.copyWithin(1, 0, length)
    word[0] = added
    return length + 1
  }
}

function purge(removed = 0): Operation {
  return (word, length) => {
    let kept = 0
    for (let i = 0; i < length; i += 1) {
      if (word[i] !== removed) word[kept++] = word[i] as number
    }
    return kept
  }
}

interface RuleFunction {
  readonly text: string
  readonly operation: Operation
}

/** @throws {HashLabError} when a function is none that the lab knows */
export function parseRule(text: string): Rule {
  const functions = parseFunctions(text)
  const appends = functions.findLastIndex((it) => !it.text.startsWith('$')) + 1
  const bodyLength = Math.max(appends, functions.length - MAX_ENDING_BYTES)
  const body = functions.slice(0, bodyLength)
  return {
    text,
    bodyText: body.map((it) => it.text).join(''),
    body: inOrder(body.map(({ operation }) => operation)),
    ending: Uint8Array.from(functions.slice(bodyLength), (it) => it.text.charCodeAt(1)),
  }
}

function parseFunctions(rule: string): RuleFunction[] {
  const functions: RuleFunction[] = []
  for (let at = 0; at < rule.length;) {
    const name = rule[at] as string
    const [count, make] = WITH_BYTES[name] ?? [0, () => PLAIN[name]]
    const text = rule.slice(at, at + 1 + count)
    const operation = make(
      ...text
        .slice(1)
        .split('')
        .map((it) => it.charCodeAt(0)),
    )
    at += 1 + count
    if (name === ' ' || name === ':') continue
    if (!operation || text.length < 1 + count) throw unknownFunction(rule, at - count)
    functions.push({ text, operation })
  }
  return functions
}

function unknownFunction(rule: string, at: number): HashLabError {
  return new HashLabError(
    `The rule "${rule}" cannot be read at its character ${at}. The lab knows : l u c C t r d [ ] ` +
      '$X ^X @X sXY, of the rules of hashcat and John the Ripper.',
  )
}

function inOrder(operations: readonly Operation[]): Operation {
  const [only] = operations
  if (only && operations.length === 1) return only
  return (word, length) => {
    let now = length
    for (const operation of operations) now = operation(word, now)
    return now
  }
}

/** The rule that appends `text`. */
export function appending(text: string): string {
  return text.replaceAll(/./g, '$$$&')
}

const years = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String(to - i))

export const RULE_SET_NAMES = ['case', 'leet', 'years', 'suffixes'] as const

export type RuleSetName = (typeof RULE_SET_NAMES)[number]

/** What people do to a word when a form asks for a capital, a digit and a sign. */
export const RULE_SETS: Readonly<Record<RuleSetName, readonly string[]>> = {
  case: ['c', 'u', 'l', 't', 'C'],
  leet: [
    'sa4',
    'sa@',
    'se3',
    'so0',
    'si1',
    'ss$',
    'sa4se3',
    'sa@so0',
    'sa4se3so0si1',
    'sa@se3so0si1ss$',
  ],
  years: years(1950, 2026).map(appending),
  suffixes:
    '1 ! 123 12 2 3 7 01 11 21 22 23 69 99 00 007 1! !! 123! 12! 1234 12345 . ? * # @ $ 4 5 6 8 9 0 10 13 88 77 666 321 a s x'
      .split(' ')
      .map(appending),
}

/**
 * All rules of the sets: the word itself, changed by any one rule of each of them. Years and suffixes
 * are endings: one of either. Sets multiply, which is what mangling costs.
 */
export function combineRules(names: readonly RuleSetName[]): readonly Rule[] {
  const stage = (...sets: readonly RuleSetName[]): string[] => [
    '',
    ...sets.filter((it) => names.includes(it)).flatMap((it) => RULE_SETS[it]),
  ]
  const texts = stage('leet').flatMap((leet) =>
    stage('case').flatMap((letters) =>
      stage('suffixes', 'years').map((ending) => leet + letters + ending),
    ),
  )
  return texts.map((text) => parseRule(text || ':'))
}

/** What a rule makes of one word. */
export function applyRule({ body, ending }: Rule, word: string): string {
  const buffer = new Uint8Array(2 * MAX_WORD_BYTES)
  const { written } = new TextEncoder().encodeInto(word, buffer.subarray(0, MAX_WORD_BYTES))
  const length = body(buffer, written)
  buffer.set(ending, length)
  return new TextDecoder().decode(buffer.subarray(0, length + ending.length))
}
