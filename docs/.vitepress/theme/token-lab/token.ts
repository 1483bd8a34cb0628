/** A token in compact form, taken apart (RFC 7515, section 7.1). Each part may be anything. */
export interface TokenParts {
  readonly header: Part
  readonly payload: Part
  readonly signature: string
}

/** A part as it is sent, and what is in it. */
export interface Part {
  readonly encoded: string
  /** The JSON, indented; undefined where it can't be read. */
  readonly json: string | undefined
  /** Why it can't be read. */
  readonly problem?: string
}

export function takeApart(token: string): TokenParts {
  const [header = '', payload = '', ...rest] = token.trim().split('.')
  return { header: partOf(header), payload: partOf(payload), signature: rest.join('.') }
}

function partOf(encoded: string): Part {
  if (encoded === '') return { encoded, json: undefined, problem: 'is missing' }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(fromBase64url(encoded))
    return { encoded, json: JSON.stringify(JSON.parse(text), undefined, 2) }
  } catch (error) {
    const problem = error instanceof SyntaxError ? 'is no JSON' : 'is no Base64url of UTF-8'
    return { encoded, json: undefined, problem }
  }
}

/** The JSON of a part as an object; empty where it is none. */
export function objectIn({ json }: Part): Record<string, unknown> {
  const value: unknown = json === undefined ? undefined : JSON.parse(json)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

export function encodePart(value: unknown): string {
  return toBase64url(new TextEncoder().encode(JSON.stringify(value)))
}

/** Base64 with `-` and `_`, and without padding (RFC 7515, section 2). */
export function toBase64url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** @throws {DOMException} for what is no Base64url */
function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) throw new DOMException('not Base64url', 'InvalidCharacterError')
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (it) => it.charCodeAt(0))
}
