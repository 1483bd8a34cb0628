import { SLOT_BYTES } from './kernel-layout.js'

/** The hash functions that are made for speed. */
export type FastHash = 'md5' | 'sha1' | 'sha256'

const PADDING = 0x80

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
 * Writes a message of `room` bytes, left zero for a salt, and bytes `start` to `end` of `source` into
 * an empty slot, with its padding and its length in bits. Of at most 55 bytes in all.
 */
export function writeMessage(
  slots: Uint8Array,
  slot: number,
  room: number,
  source: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
): void {
  let at = slot * SLOT_BYTES + room
  for (let i = start; i < end; i += 1) slots[at++] = source[i] as number
  slots[at] = PADDING
  const bits = (room + end - start) * 8
  const lengthAt = slot * SLOT_BYTES + SLOT_BYTES - 8
  slots[littleEndian ? lengthAt : lengthAt + 7] = bits & 0xff
  slots[littleEndian ? lengthAt + 1 : lengthAt + 6] = bits >> 8
}

/** How many bytes the message of a slot has, `room` included. */
export function messageLength(slots: Uint8Array, slot: number, littleEndian: boolean): number {
  const at = slot * SLOT_BYTES + SLOT_BYTES - 8
  const bits = littleEndian
    ? (slots[at] as number) | ((slots[at + 1] as number) << 8)
    : (slots[at + 7] as number) | ((slots[at + 6] as number) << 8)
  return bits >> 3
}
