import { SLOT_BYTES } from './kernel-layout.js'

/** The hash functions that are made for speed. */
export type FastHash = 'md5' | 'sha1' | 'sha256'

/** The words of a block or a digest, as the hash function reads its bytes. */
export function wordsOf(bytes: Uint8Array, hash: FastHash): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(bytes.length / 4)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; i < words.length; i += 1) words[i] = view.getUint32(i * 4, hash === 'md5')
  return words
}

export function bytesOf(words: readonly number[], hash: FastHash): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(words.length * 4)
  const view = new DataView(bytes.buffer)
  words.forEach((word, i) => view.setUint32(i * 4, word, hash === 'md5'))
  return bytes
}

/**
 * What comes behind the word of a guess: up to seven bytes, and the one that begins the padding; as a
 * number of 64 bits in two halves, the first byte lowest.
 */
export interface Ending {
  readonly bytes: Uint8Array
  readonly low: number
  readonly high: number
}

export const MAX_ENDING_BYTES = 7
const PADDING = 0x80
const SLOT_WORDS = SLOT_BYTES / 4

export function endingOf(bytes: Uint8Array): Ending {
  const padded = new DataView(new ArrayBuffer(MAX_ENDING_BYTES + 1))
  bytes.forEach((byte, at) => padded.setUint8(at, byte))
  padded.setUint8(bytes.length, PADDING)
  return { bytes, low: padded.getInt32(0, true), high: padded.getInt32(4, true) }
}

export const NO_ENDING: Ending = endingOf(new Uint8Array())

/** Writes messages of at most 55 bytes into the slots of a kernel, which are empty before. */
export class MessageWriter {
  readonly #slots: Int32Array
  readonly #lengthAt: number
  readonly #isLittleEndian: boolean

  constructor(slots: Uint8Array<ArrayBuffer>, hash: FastHash) {
    this.#slots = new Int32Array(slots.buffer, slots.byteOffset, slots.length / 4)
    this.#isLittleEndian = hash === 'md5'
    this.#lengthAt = SLOT_WORDS - (this.#isLittleEndian ? 2 : 1)
  }

  /**
   * The bytes `start` to `end` of `view` and an ending, behind `room` bytes left for a salt. Four bytes
   * at a time: this is done for every guess.
   */
  write(
    slot: number,
    room: number,
    view: DataView,
    start: number,
    end: number,
    ending: Ending,
  ): void {
    const slots = this.#slots
    let at = slot * SLOT_WORDS + (room >> 2)
    let from = start
    let shift = (room & 3) * 8
    let carried = 0
    if (shift !== 0) {
      for (; shift < 32 && from < end; shift += 8) carried |= view.getUint8(from++) << shift
      if (shift === 32) {
        slots[at++] = carried
        carried = 0
        shift = 0
      }
    }
    if (shift === 0) {
      for (; from + 4 <= end; from += 4) slots[at++] = view.getInt32(from, true)
      for (; from < end; shift += 8) carried |= view.getUint8(from++) << shift
    }
    this.#end(at, carried, shift, ending)
    this.#setLength(slot, room + end - start + ending.bytes.length)
  }

  /** How many bytes the message of a slot has, room for the salt included. */
  length(slot: number): number {
    const bits = this.#slots[slot * SLOT_WORDS + this.#lengthAt] as number
    return (this.#isLittleEndian ? bits : swapped(bits)) >> 3
  }

  #end(at: number, carried: number, shift: number, { low, high }: Ending): void {
    const slots = this.#slots
    if (shift === 0) {
      slots[at] = low
      slots[at + 1] = high
      return
    }
    slots[at] = carried | (low << shift)
    slots[at + 1] = (low >>> (32 - shift)) | (high << shift)
    slots[at + 2] = high >>> (32 - shift)
  }

  #setLength(slot: number, bytes: number): void {
    const bits = bytes << 3
    this.#slots[slot * SLOT_WORDS + this.#lengthAt] = this.#isLittleEndian ? bits : swapped(bits)
  }
}

/** The two low bytes of a word, at its other end and in the other order, and back. */
function swapped(bits: number): number {
  return (
    ((bits & 0xff) << 24) |
    ((bits & 0xff00) << 8) |
    ((bits >>> 24) & 0xff) |
    ((bits >>> 8) & 0xff00)
  )
}
