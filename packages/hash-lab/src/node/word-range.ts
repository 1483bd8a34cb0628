import { closeSync, readSync } from 'node:fs'
import { lines, openWordList, type WordList } from './word-list.js'

const NEWLINE = 10
const BUFFER_BYTES = 256 * 1024

/** Reads parts of a word list in whole lines, with one buffer however long the list is. */
export class WordReader {
  readonly #file: number | undefined
  readonly #words: Uint8Array | undefined
  readonly #size: number
  readonly #buffer = new Uint8Array(BUFFER_BYTES)

  constructor(list: WordList) {
    this.#words = list.words && lines(list.words)
    this.#file = this.#words ? undefined : openWordList(list.name)
    this.#size = list.bytes
  }

  /**
   * The lines that begin in the bytes `from` to `to`: ranges that meet share no line and leave none
   * out. The bytes are valid until the next are asked for. A line longer than the buffer comes in
   * pieces without a newline, which are too long to be words.
   */
  *lines(from: number, to: number): Generator<Uint8Array> {
    let at = from === 0 ? this.#afterByteOrderMark() : this.#afterNewline(from - 1)
    while (at < Math.min(to, this.#size)) {
      const bytes = this.#read(at, BUFFER_BYTES)
      if (bytes.length === 0) return
      const end = this.#endOfLines(bytes, to - at, at)
      yield bytes.subarray(0, end)
      at += end
      if (bytes[end - 1] !== NEWLINE) at = this.#afterNewline(at)
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }

  /** How many of `bytes` are whole lines that begin before `limit`. */
  #endOfLines(bytes: Uint8Array, limit: number, at: number): number {
    const isLast = at + bytes.length >= this.#size
    if (limit < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, limit - 1)
      if (newline !== -1) return newline + 1
      if (isLast) return bytes.length
    } else if (isLast) return bytes.length
    const newline = bytes.lastIndexOf(NEWLINE)
    return newline === -1 ? bytes.length : newline + 1
  }

  /** Editors on Windows begin a UTF-8 file with a byte order mark, which belongs to no word. */
  #afterByteOrderMark(): number {
    const [first, second, third] = this.#read(0, 3)
    return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0
  }

  /** Where the next line begins, behind the first newline at `at` or later. */
  #afterNewline(at: number): number {
    for (let from = at; from < this.#size; from += BUFFER_BYTES) {
      const newline = this.#read(from, BUFFER_BYTES).indexOf(NEWLINE)
      if (newline !== -1) return from + newline + 1
    }
    return this.#size
  }

  #read(at: number, length: number): Uint8Array {
    if (this.#words) return this.#words.subarray(at, at + length)
    const read = readSync(this.#file as number, this.#buffer, 0, length, at)
    return this.#buffer.subarray(0, read)
  }
}
