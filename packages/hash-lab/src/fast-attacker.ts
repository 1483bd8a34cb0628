import type { IHasher } from 'hash-wasm'
import type { AttackControl, Attacker, TimeSpent } from './attacker.js'
import { CandidateSource, guessBytes } from './candidates.js'
import { createHasher } from './digests.js'
import { DigestIndex } from './digest-index.js'
import type { HashString } from './hash-string.js'
import { HashKernel } from './kernel/hash-kernel.js'
import { MAX_MESSAGE_BYTES, SLOT_BYTES, SLOTS } from './kernel/kernel-layout.js'
import { type FastHash, MessageWriter, wordsOf } from './kernel/message-slots.js'
import { hex } from './bytes.js'
import type { Rule } from './mangling-rules.js'

interface SaltGroup {
  readonly salt: Uint8Array
  readonly targets: number[]
}

interface FastAttack {
  readonly hash: FastHash
  readonly targets: readonly HashString[]
  readonly rules: readonly Rule[]
  readonly control: AttackControl
}

/**
 * Tries guesses against md5, sha1 and sha256, a thousand in a call. Without salt each guess is hashed
 * once and looked up among all targets; with salt it is hashed again for each salt.
 */
export class FastAttacker implements Attacker {
  readonly spent: TimeSpent = { guessing: 0, hashing: 0, comparing: 0 }
  readonly #control: AttackControl
  readonly #source: CandidateSource
  readonly #kernel: HashKernel
  readonly #index: DigestIndex
  readonly #longHasher: IHasher
  readonly #messages: MessageWriter
  readonly #groups: readonly SaltGroup[]
  readonly #salts: readonly string[]
  #filled = 0

  static async create(attack: FastAttack): Promise<FastAttacker> {
    return new FastAttacker(attack, await createHasher(attack.hash))
  }

  private constructor({ hash, targets, rules, control }: FastAttack, longHasher: IHasher) {
    this.#control = control
    this.#source = new CandidateSource(rules)
    this.#longHasher = longHasher
    const digests = targets.map(({ digest = new Uint8Array() }) => wordsOf(digest, hash))
    this.#kernel = new HashKernel(
      hash,
      digests.map(([first = 0]) => first),
    )
    this.#messages = new MessageWriter(this.#kernel.slots, hash)
    this.#index = new DigestIndex(joined(digests), this.#kernel.words)
    this.#salts = targets.map(({ salt }) => (salt ? hex(salt) : ''))
    this.#groups = groupBySalt(targets, this.#salts)
  }

  get groups(): number {
    return this.#groups.length
  }

  get skippedWords(): number {
    return this.#source.skippedWords
  }

  async tryWords(words: Uint8Array, from: number, to: number): Promise<boolean> {
    const startedAt = performance.now()
    const { hashing, comparing } = this.spent
    const open = this.#groups.slice(from, to).filter((group) => this.#isOpen(group))
    let goesOn = true
    for (const [room, groups] of byRoom(open)) {
      goesOn &&= this.#tryRoom(words, room, groups)
    }
    const elsewhere = this.spent.hashing - hashing + (this.spent.comparing - comparing)
    this.spent.guessing += performance.now() - startedAt - elsewhere
    return goesOn
  }

  /** Groups whose salts are equally long have their guesses at the same place of a message. */
  #tryRoom(words: Uint8Array, room: number, groups: readonly SaltGroup[]): boolean {
    let goesOn = true
    this.#source.visit(words, (view, start, end, ending) => {
      if (room + end - start + ending.bytes.length > MAX_MESSAGE_BYTES) {
        this.#tryLong(guessBytes(view, start, end, ending), groups)
        return true
      }
      this.#messages.write(this.#filled, room, view, start, end, ending)
      this.#filled += 1
      if (this.#filled === SLOTS) goesOn = this.#flush(room, groups)
      return goesOn
    })
    return this.#flush(room, groups) && goesOn
  }

  /** Hashes what is in the slots for each group. Gives back whether to go on. */
  #flush(room: number, groups: readonly SaltGroup[]): boolean {
    const count = this.#filled
    for (const group of groups) {
      if (!this.#isOpen(group)) continue
      if (this.#control.shouldStop()) break
      this.#hash(count, room, group)
    }
    this.#kernel.clear(count)
    this.#filled = 0
    return !this.#control.shouldStop()
  }

  #hash(count: number, room: number, group: SaltGroup): void {
    const startedAt = performance.now()
    if (room > 0) this.#kernel.setSalt(group.salt)
    const hits = this.#kernel.run(count)
    const hashedAt = performance.now()
    this.spent.hashing += hashedAt - startedAt
    const salt = room > 0 ? hex(group.salt) : ''
    for (let i = 0; i < hits; i += 1) {
      const slot = this.#kernel.hits[i] as number
      if (slot < count) this.#compare(slot, room, salt)
    }
    this.#control.onGuesses(count)
    this.spent.comparing += performance.now() - hashedAt
  }

  #compare(slot: number, room: number, salt: string): void {
    this.#index.find(
      (index) => this.#kernel.digestWord(slot, index),
      (target) => {
        const start = slot * SLOT_BYTES
        const end = start + this.#messages.length(slot)
        this.#found(target, salt, this.#kernel.slots.slice(start + room, end))
      },
    )
  }

  /** What does not fit one block goes to a library. */
  #tryLong(guess: Uint8Array, groups: readonly SaltGroup[]): void {
    for (const group of groups) {
      const hasher = this.#longHasher.init().update(group.salt).update(guess)
      const digest = wordsOf(hasher.digest('binary'), this.#kernel.hash)
      const salt = hex(group.salt)
      this.#index.find(
        (index) => digest[index] as number,
        (target) => this.#found(target, salt, guess),
      )
    }
    this.#control.onGuesses(groups.length)
  }

  #found(target: number, salt: string, password: Uint8Array): void {
    if (this.#salts[target] !== salt || this.#control.cracked[target] === 1) return
    this.#control.cracked[target] = 1
    this.#control.onFound(target, password)
  }

  #isOpen({ targets }: SaltGroup): boolean {
    return targets.some((target) => this.#control.cracked[target] !== 1)
  }
}

function groupBySalt(targets: readonly HashString[], salts: readonly string[]): SaltGroup[] {
  const groups = new Map<string, SaltGroup>()
  targets.forEach(({ salt = new Uint8Array() }, target) => {
    const key = salts[target] ?? ''
    const group = groups.get(key)
    if (group) group.targets.push(target)
    else groups.set(key, { salt, targets: [target] })
  })
  return [...groups.values()]
}

function byRoom(groups: readonly SaltGroup[]): Map<number, SaltGroup[]> {
  const rooms = new Map<number, SaltGroup[]>()
  for (const group of groups) {
    const { length } = group.salt
    const same = rooms.get(length)
    if (same) same.push(group)
    else rooms.set(length, [group])
  }
  return rooms
}

function joined(digests: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(digests.reduce((length, it) => length + it.length, 0))
  let at = 0
  for (const digest of digests) {
    all.set(digest, at)
    at += digest.length
  }
  return all
}
