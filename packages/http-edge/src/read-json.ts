import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'
import type { z } from 'zod'
import { type FieldError, Problem } from '@session-vs-jwt/http-contract'

export const MAX_BODY_BYTES: number = 16 * 1024
const MAX_JSON_DEPTH = 20

/** `application/json`, with `charset=utf-8` or no charset (RFC 8259 knows no other). */
const JSON_MEDIA_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?$/i

/**
 * The body of `request`, checked.
 *
 * @throws {Problem} `unsupported_media_type`, `payload_too_large`, `malformed_json`, `validation_failed`
 */
export async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (!JSON_MEDIA_TYPE.test(request.headers['content-type'] ?? '') || encoding !== 'identity') {
    throw new Problem('unsupported_media_type', {
      detail: 'Send "Content-Type: application/json", in UTF-8 and not compressed.',
      headers: { 'Accept-Encoding': 'identity' },
    })
  }
  return checked(parseJson(await readBytes(request)), schema)
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  try {
    const length = request.headers['content-length']
    return await getRawBody(request, { length: length ?? null, limit: MAX_BODY_BYTES })
  } catch (error) {
    const type = error instanceof Error && 'type' in error ? error.type : undefined
    if (type === 'entity.too.large') {
      // What is left of the body is not read: the connection cannot be used again.
      throw new Problem('payload_too_large', {
        detail: `A body has at most ${MAX_BODY_BYTES} bytes.`,
        headers: { Connection: 'close' },
      })
    }
    throw new Problem('malformed_request', { detail: 'The body did not arrive whole.' })
  }
}

function parseJson(bytes: Buffer): unknown {
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    value = JSON.parse(text)
  } catch {
    throw new Problem('malformed_json', { detail: 'The body is not valid JSON in UTF-8.' })
  }
  if (deeperThan(value, MAX_JSON_DEPTH)) {
    throw new Problem('malformed_json', {
      detail: `The body is nested more than ${MAX_JSON_DEPTH} levels deep.`,
    })
  }
  if (colonsIn(text) !== membersIn(value)) {
    throw new Problem('malformed_json', { detail: 'A member of the body stands there twice.' })
  }
  return value
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => deeperThan(inner, levels - 1))
}

const JSON_STRING = /"(?:[^"\\]|\\.)*"/g

/**
 * Colons of a JSON text, outside of its strings: one for each member that was written. `JSON.parse` keeps the
 * last of two with one name, another reader the first (RFC 8259, section 4); then members are fewer than colons.
 */
function colonsIn(text: string): number {
  return text.replaceAll(JSON_STRING, '').split(':').length - 1
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const values = Object.values(value)
  const own = Array.isArray(value) ? 0 : values.length
  return values.reduce((sum: number, inner) => sum + membersIn(inner), own)
}

/**
 * `value` as `schema` gives it.
 *
 * @throws {Problem} `validation_failed`, naming every field that is wrong
 */
export function checked<T>(value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Problem('validation_failed', { errors: result.error.issues.flatMap(fieldErrors) })
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((field) => ({ field, message: 'is not known here' }))
  }
  return [{ field: issue.path.join('.') || '(body)', message: issue.message }]
}
