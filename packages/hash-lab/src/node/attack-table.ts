import type { LeakedUser } from '../leaked-table.js'
import { fromHex, hex } from '../bytes.js'
import type { Rule } from '../mangling-rules.js'
import { SCHEMES, type Scheme } from '../scheme.js'
import type { AttackLog, AttackState } from './attack-log.js'
import { type AttackOutcome, type AttackProgress, runAttack } from './run-attack.js'
import type { WordList } from './word-list.js'

export interface TableAttack {
  readonly users: readonly LeakedUser[]
  readonly rules: readonly Rule[]
  readonly list: WordList
  readonly threads?: number
  readonly signal?: AbortSignal
  /** Of an attack that goes on. */
  readonly state?: AttackState
  readonly log?: AttackLog
  readonly onProgress?: (scheme: Scheme, progress: AttackProgress, cracked: number) => void
}

/** What came of the users of one scheme. */
export interface SchemeResult extends AttackOutcome {
  readonly scheme: Scheme
  readonly users: number
  readonly cracked: readonly CrackedUser[]
}

interface CrackedUser extends LeakedUser {
  readonly password: Uint8Array
}

const LOGGED_EVERY_SECONDS = 1

/** Attacks the users of each scheme in turn, those of fast hashes first. */
export async function attackTable(attack: TableAttack): Promise<SchemeResult[]> {
  const results: SchemeResult[] = []
  for (const scheme of SCHEMES) {
    const users = attack.users.filter(({ hash }) => hash.scheme === scheme)
    if (users.length > 0) results.push(await attackScheme(scheme, users, attack))
  }
  return results
}

async function attackScheme(
  scheme: Scheme,
  users: readonly LeakedUser[],
  attack: TableAttack,
): Promise<SchemeResult> {
  const { rules, list, threads, signal, state, log, onProgress } = attack
  const before = state?.schemes.get(scheme)
  const passwords = knownPasswords(users, state)
  let loggedAt = 0
  const together = (now: AttackProgress): AttackProgress => ({
    ...now,
    guesses: now.guesses + (before?.guesses ?? 0),
    seconds: now.seconds + (before?.seconds ?? 0),
  })
  const note = (now: AttackProgress, over: boolean): void =>
    log?.append({ scheme, place: now.place, guesses: now.guesses, seconds: now.seconds, over })
  const outcome = await runAttack({
    targets: users.map(({ hash }) => hash),
    rules,
    list,
    known: passwords.keys(),
    ...(threads === undefined ? {} : { threads }),
    ...(signal ? { signal } : {}),
    ...(before ? { place: before.place } : {}),
    onFound: (target, password) => {
      passwords.set(target, password)
      log?.append({ found: users[target]?.line ?? 0, password: hex(password) })
    },
    onProgress: (now) => {
      const all = together(now)
      onProgress?.(scheme, all, passwords.size)
      if (now.seconds - loggedAt < LOGGED_EVERY_SECONDS) return
      loggedAt = now.seconds
      note(all, false)
    },
  })
  const all = { ...outcome, ...together(outcome) }
  note(all, outcome.end !== 'stopped')
  const cracked = users.flatMap((user, target) => {
    const password = passwords.get(target)
    return password ? [{ ...user, password }] : []
  })
  return { ...all, scheme, users: users.length, cracked }
}

function knownPasswords(
  users: readonly LeakedUser[],
  state: AttackState | undefined,
): Map<number, Uint8Array> {
  return new Map(
    users.flatMap(({ line }, target) => {
      const password = state?.found.get(line)
      return password === undefined ? [] : [[target, fromHex(password)] as const]
    }),
  )
}
