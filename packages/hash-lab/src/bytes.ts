const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true })

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/**
 * A password as text; word lists hold any bytes, and what is no UTF-8, or would break a table's line,
 * is written as hashcat writes it: `$HEX[…]`.
 */
export function passwordText(bytes: Uint8Array): string {
  try {
    const text = strictDecoder.decode(bytes)
    // oxlint-disable-next-line no-control-regex
    if (!/[\u0000-\u001f\u007f:]/.test(text) && !text.startsWith('$HEX[')) return text
  } catch {
    // Not UTF-8.
  }
  return `$HEX[${hex(bytes)}]`
}
