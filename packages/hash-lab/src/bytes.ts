const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** `String.fromCharCode` takes its characters as arguments, and an engine limits how many there can be. */
const CHARACTERS_AT_ONCE = 8_192

/**
 * One character per byte, from U+0000 to U+00FF, so that regular expressions can read a file in any encoding.
 * `TextDecoder` can't do it: its "latin1" is Windows-1252.
 */
export function binaryText(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let from = 0; from < bytes.length; from += CHARACTERS_AT_ONCE) {
    parts.push(String.fromCharCode(...bytes.subarray(from, from + CHARACTERS_AT_ONCE)))
  }
  return parts.join('')
}

/** The bytes behind a {@link binaryText}. */
export function bytesOfBinaryText(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

const HEX_NOTATION = /^\$HEX\[((?:[0-9a-f]{2})+)\]$/i

/** hashcat's notation for bytes that aren't text. */
function hexNotation(bytes: Uint8Array): string {
  return `$HEX[${hex(bytes)}]`
}

/** The bytes that `$HEX[…]` stands for, or `undefined` if `text` isn't in that notation. */
export function fromHexNotation(text: string): Uint8Array<ArrayBuffer> | undefined {
  const [, digits] = HEX_NOTATION.exec(text) ?? []
  return digits === undefined ? undefined : fromHex(digits)
}

/**
 * Bytes as text that nothing was lost from: UTF-8 where they are UTF-8, otherwise `$HEX[…]`. Text that looks like
 * that notation is written in it, so reading the notation always gives the bytes back.
 */
export function bytesText(bytes: Uint8Array): string {
  try {
    const text = strictDecoder.decode(bytes)
    if (!HEX_NOTATION.test(text)) return text
  } catch {
    // Not UTF-8.
  }
  return hexNotation(bytes)
}

/** Control characters, and those that reorder a line or begin a new one (UAX #9, Bidi_Control). */
export const UNPRINTABLE: RegExp = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/**
 * A password for people to read. One with control characters, which could drive a terminal, or with a colon, which
 * would break a table's line, becomes `$HEX[…]`, as in hashcat. The lab reads that notation wherever it reads words.
 */
export function passwordText(bytes: Uint8Array): string {
  const text = bytesText(bytes)
  return text.search(UNPRINTABLE) !== -1 || text.includes(':') ? hexNotation(bytes) : text
}

/** `text` with its control and bidi characters as escapes such as `\u{1b}`, so that it can't drive a terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (it) => `\\u{${it.codePointAt(0)?.toString(16)}}`)
}
