import { utf8 } from './bytes.js'

/** All passwords of one length over an alphabet, numbered. */
export class PasswordSpace {
  readonly size: number
  readonly length: number
  readonly alphabet: string
  readonly #letters: Uint8Array
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #view: DataView

  constructor(alphabet: string, length: number) {
    this.alphabet = alphabet
    this.length = length
    this.#letters = utf8(alphabet)
    this.size = this.#letters.length ** length
    this.#bytes = new Uint8Array(length)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** Password `index` in a buffer that is used again for the next one. */
  view(index: number): DataView {
    let rest = index
    for (let i = this.length - 1; i >= 0; i -= 1) {
      this.#bytes[i] = this.#letters[rest % this.#letters.length] as number
      rest = Math.floor(rest / this.#letters.length)
    }
    return this.#view
  }

  text(index: number): string {
    this.view(index)
    return new TextDecoder().decode(this.#bytes)
  }

  /** The numbers 0, 1, 2 … spread over the space, each place once while the space is smaller than 2^32. */
  scattered(index: number): number {
    return (index * 7919 + Math.floor(this.size / 3)) % this.size
  }
}
