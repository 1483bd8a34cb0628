import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { HashLabError } from '../hash-lab-error.js'
import type { Place } from './unit-plan.js'

// What an attack has found and how far it is, a line of JSON for each: a crash can break the last one.

/** What an attack is; it can go on only as the same one. */
export interface AttackIdentity {
  /** SHA-256 of the table. */
  readonly table: string
  readonly list: string
  readonly rules: string
}

/** A password that was found, as bytes in hex, for a line of the table. */
interface FoundEntry {
  readonly found: number
  readonly password: string
}

/** How far the attack on the users of one scheme is. */
interface SchemeState {
  readonly place: Place
  readonly guesses: number
  readonly seconds: number
  readonly over: boolean
}

type Entry = FoundEntry | (SchemeState & { readonly scheme: string })

const placeSchema: z.ZodType<Place> = z.object({
  from: z.int().nonnegative(),
  to: z.int().nonnegative(),
  group: z.int().nonnegative(),
})
const identitySchema: z.ZodType<AttackIdentity> = z.object({
  table: z.string(),
  list: z.string(),
  rules: z.string(),
})
const entrySchema: z.ZodType<Entry> = z.union([
  z.object({ found: z.int().positive(), password: z.string().regex(/^([0-9a-f]{2})*$/) }),
  z.object({
    scheme: z.string(),
    place: placeSchema,
    guesses: z.number().nonnegative(),
    seconds: z.number().nonnegative(),
    over: z.boolean(),
  }),
])

export interface AttackState {
  /** Passwords as bytes in hex, by line of the table. */
  readonly found: Map<number, string>
  readonly schemes: Map<string, SchemeState>
  /** A line that could not be read, if there was one; what is before it is used. */
  readonly brokenLine?: number
}

/** Where the progress of an attack on `table` is kept. */
export function attackLogFile(table: string): string {
  return `${table}.attack`
}

export class AttackLog {
  readonly #file: string

  private constructor(file: string) {
    this.#file = file
  }

  /** @throws {HashLabError} when there is one already, unless it may be overwritten */
  static begin(file: string, identity: AttackIdentity, overwrite = false): AttackLog {
    try {
      const flag = overwrite ? 'w' : 'wx'
      writeFileSync(file, `${JSON.stringify(identity)}\n`, { flag, mode: 0o600 })
    } catch (error) {
      throw notBegun(file, (error as NodeJS.ErrnoException).code)
    }
    return new AttackLog(file)
  }

  /** @throws {HashLabError} when there is none, or it is that of another attack */
  static resume(file: string, identity: AttackIdentity): { log: AttackLog; state: AttackState } {
    const [head = '', ...entries] = readLines(file)
    const known = parsed(identitySchema, head)
    if (!known)
      throw new HashLabError(
        `${file}: line 1 is broken, so it is not known which attack this was. ${ANEW}`,
      )
    for (const [key, what] of Object.entries(IDENTITY_TEXTS)) {
      const name = key as keyof AttackIdentity
      if (known[name] !== identity[name]) {
        throw new HashLabError(
          `${file} belongs to an attack with ${what}. Go on with that one, or begin anew with --restart.`,
        )
      }
    }
    const state = readEntries(entries)
    if (state.brokenLine !== undefined)
      rewrite(file, [head, ...entries].slice(0, state.brokenLine - 1))
    return { log: new AttackLog(file), state }
  }

  append(entry: Entry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`)
  }

  remove(): void {
    rmSync(this.#file, { force: true })
  }
}

const ANEW = 'Begin anew with --restart, which overwrites it.'
const IDENTITY_TEXTS: Readonly<Record<keyof AttackIdentity, string>> = {
  table: 'another table, or this one has changed',
  list: 'another word list, or it has changed',
  rules: 'other --rules',
}

function notBegun(file: string, code: string | undefined): HashLabError {
  if (code === 'EEXIST') {
    return new HashLabError(
      `An attack on this table was stopped; ${file} knows how far it was. ` +
        'Go on with --resume, or begin anew with --restart.',
    )
  }
  return new HashLabError(
    `The progress cannot be kept in ${file} (${code}). To go without it: --no-log`,
    1,
  )
}

function readLines(file: string): string[] {
  try {
    const text = readFileSync(file, 'utf8')
    return text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new HashLabError(`${file} cannot be read (${code}).`, 1)
    throw new HashLabError(
      `There is nothing to resume: ${file} does not exist. Start without --resume.`,
    )
  }
}

function readEntries(lines: readonly string[]): AttackState {
  const state = { found: new Map<number, string>(), schemes: new Map<string, SchemeState>() }
  for (const [index, line] of lines.entries()) {
    const entry = parsed(entrySchema, line)
    if (!entry) return { ...state, brokenLine: index + 2 }
    if ('found' in entry) state.found.set(entry.found, entry.password)
    else state.schemes.set(entry.scheme, entry)
  }
  return state
}

function parsed<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}

function rewrite(file: string, lines: readonly string[]): void {
  writeFileSync(file, `${lines.join('\n')}\n`)
}
