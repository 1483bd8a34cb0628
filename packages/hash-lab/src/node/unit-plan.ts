/** What one thread does in one go: some words, against some of the targets. */
export interface Unit {
  readonly id: number
  /** The lines that begin in these bytes of the word list. */
  readonly from: number
  readonly to: number
  readonly fromGroup: number
  readonly toGroup: number
}

/** How far an attack is: all units before this place are done. */
export interface Place {
  readonly from: number
  readonly to: number
  readonly group: number
}

export interface PlanSize {
  readonly listBytes: number
  readonly groups: number
  readonly guessesPerWord: number
  readonly threads: number
}

/** Long enough to cost nothing, short enough to lose little when an attack is stopped. */
const UNIT_SECONDS = 0.5
const WORD_BYTES = 9
const SMALLEST_BYTES = 32
const LARGEST_BYTES = 8 * 1024 * 1024

/**
 * Cuts an attack into units: the words in order, for each few words all targets, because the first
 * words of a list are the ones that most people have.
 */
export class UnitPlan {
  readonly #size: PlanSize
  #place: Place
  #nextId = 0
  /** Units that were given out, in order, and are not known to be done. */
  readonly #open: Unit[] = []

  constructor(size: PlanSize, place?: Place) {
    this.#size = size
    this.#place = place ?? { from: 0, to: 0, group: 0 }
  }

  /** The next unit, sized by how many guesses a thread makes in a second; undefined at the end. */
  next(guessesPerSecond: number): Unit | undefined {
    const { listBytes, groups, guessesPerWord } = this.#size
    if (this.#place.from >= listBytes) return undefined
    const guesses = guessesPerSecond * UNIT_SECONDS
    const { from, group } = this.#place
    const to = this.#place.to > from ? this.#place.to : this.#batchEnd(from, guesses)
    const words = Math.max(1, (to - from) / WORD_BYTES)
    const most = Math.max(1, Math.floor(guesses / (words * guessesPerWord)))
    const toGroup = Math.min(groups, group + most)
    const unit = { id: this.#nextId++, from, to, fromGroup: group, toGroup }
    this.#place = toGroup === groups ? { from: to, to, group: 0 } : { from, to, group: toGroup }
    this.#open.push(unit)
    return unit
  }

  done({ id }: Unit): void {
    const index = this.#open.findIndex((unit) => unit.id === id)
    if (index !== -1) this.#open.splice(index, 1)
  }

  /** Where to go on: the first unit that is not done. */
  get place(): Place {
    const [first] = this.#open
    return first ? { from: first.from, to: first.to, group: first.fromGroup } : this.#place
  }

  /** The part of the attack that is done, from 0 to 1. */
  get fraction(): number {
    const { from, to, group } = this.place
    return Math.min(1, (from + (to - from) * (group / this.#size.groups)) / this.#size.listBytes)
  }

  #batchEnd(from: number, guesses: number): number {
    const { listBytes, groups, guessesPerWord, threads } = this.#size
    const wanted = (guesses / (groups * guessesPerWord)) * WORD_BYTES
    // Every thread gets some of a short list.
    const share = Math.ceil(listBytes / (threads * 4))
    const bytes = Math.min(Math.max(SMALLEST_BYTES, wanted), Math.max(SMALLEST_BYTES, share))
    return Math.min(listBytes, from + Math.floor(Math.min(bytes, LARGEST_BYTES)))
  }
}
