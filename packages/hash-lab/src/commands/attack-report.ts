import { bytesText, passwordText, printable } from '../bytes.js'
import type { SchemeResult } from '../node/attack-table.js'
import type { WordList } from '../node/word-list.js'
import { about, count, duration, milliseconds, percent } from '../figures.js'
import { table } from './table.js'
import { jsonText } from './json-text.js'

const SHOWN_USERS = 20

/** What was attacked, with what. */
export interface AttackFacts {
  readonly file: string
  readonly list: WordList
  readonly rules: number
  /** Lines that could not be read. */
  readonly problems: number
  readonly isResumable: boolean
}

export function attackReport(results: readonly SchemeResult[], facts: AttackFacts): string {
  const parts = results.flatMap((result) => [crackedUsers(result), outcomeTable(result, facts)])
  if (facts.isResumable) {
    parts.push(
      `Stopped. To go on: npm run hash-lab -- attack ${facts.file} --resume, with the same options`,
    )
  }
  return parts.join('\n\n')
}

function crackedUsers({ cracked }: SchemeResult): string {
  const rows = cracked
    .slice(0, SHOWN_USERS)
    .map(({ user, line, password }) => [
      user === undefined ? `line ${line}` : printable(user),
      passwordText(password),
    ])
  const more = cracked.length - rows.length
  const rest = more > 0 ? `\n… and ${count(more)} more; --json prints all` : ''
  return rows.length === 0
    ? 'Nobody’s password was found.'
    : `${table(['user', 'password'], rows)}${rest}`
}

function outcomeTable(result: SchemeResult, { list, rules, problems }: AttackFacts): string {
  const { guesses, seconds, threads, spent, fraction } = result
  const rate = guesses / seconds
  const rows: (readonly [string, string])[] = [
    ['scheme', result.scheme],
    [
      'cracked',
      `${count(result.cracked.length)} of ${count(result.users)} users (${percent(result.cracked.length, result.users)})`,
    ],
    ['guesses', `${count(guesses)}, in ${duration(seconds)}`],
    ['rate', `${about(rate)} guesses/s, ${about(rate / threads)} for each of ${threads} cores`],
    ['time went to', timeWent(spent)],
    [
      'word list',
      `${list.name}, ${percent(fraction, 1)} done${rules > 1 ? `; ${rules} rules` : ''}`,
    ],
    [
      'the whole list',
      fraction > 0 ? `${duration(seconds / fraction)} on this machine at this rate` : '–',
    ],
  ]
  if (result.skippedWords > 0)
    rows.push(['left out', `${count(result.skippedWords)} words of over 256 bytes`])
  if (problems > 0) rows.push(['not read', `${count(problems)} lines of the table`])
  return table(['', ''], rows).split('\n').slice(2).join('\n')
}

function timeWent(spent: SchemeResult['spent']): string {
  const all = spent.reading + spent.guessing + spent.hashing + spent.comparing
  return Object.entries(spent)
    .map(([what, ms]) => `${what} ${percent(ms, all)} (${milliseconds(ms)})`)
    .join(', ')
}

export function attackJson(results: readonly SchemeResult[], facts: AttackFacts): string {
  return jsonText({ ...withoutWords(facts), results: results.map(resultJson) })
}

function resultJson({ cracked, guesses, seconds, threads, ...rest }: SchemeResult): object {
  return {
    ...rest,
    guesses,
    seconds,
    threads,
    guessesPerSecond: seconds > 0 ? guesses / seconds : null,
    guessesPerSecondAndCore: seconds > 0 ? guesses / seconds / threads : null,
    cracked: crackedJson(cracked),
  }
}

function crackedJson(cracked: SchemeResult['cracked']): object[] {
  return cracked.map(({ user, line, password }) => ({
    user,
    line,
    password: bytesText(password),
  }))
}

/** A list that comes with the lab is known by its name. */
function withoutWords({ list, ...rest }: AttackFacts): object {
  const { name, bytes } = list
  return { ...rest, list: { name, bytes } }
}
