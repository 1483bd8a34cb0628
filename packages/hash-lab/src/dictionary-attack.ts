import type { AttackControl, Attacker } from './attacker.js'
import { FastAttacker } from './fast-attacker.js'
import type { HashString } from './hash-string.js'
import { type Rule } from './mangling-rules.js'
import { SCHEME_TRAITS } from './scheme.js'
import { SlowAttacker } from './slow-attacker.js'
import type { SlowHashes } from './slow-hashes.js'

export interface DictionaryAttack {
  /** All of one scheme. */
  readonly targets: readonly HashString[]
  readonly rules: readonly Rule[]
  readonly hashes: SlowHashes
  readonly control: AttackControl
}

/** What tries the guesses of a dictionary attack, the fastest way that there is for the scheme. */
export async function createAttacker(attack: DictionaryAttack): Promise<Attacker> {
  const { targets, rules, hashes, control } = attack
  const fast = targets[0] && SCHEME_TRAITS[targets[0].scheme].fast
  if (fast) return FastAttacker.create({ hash: fast, targets, rules, control })
  return new SlowAttacker({ targets, rules, hashes, control })
}
