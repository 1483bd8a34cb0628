import type { HonoRequest } from 'hono'
import type { z } from 'zod'
import { type FieldError, Problem } from './problem.js'

const MAX_BODY_BYTES = 16 * 1024
const MAX_JSON_DEPTH = 20

/** JSON is UTF-8 (RFC 8259, section 8.1): no other charset. */
const JSON_MEDIA_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** @throws {Problem} with 415, 413 or 400 */
export async function readJson<Shape extends z.ZodType>(
  request: HonoRequest,
  shape: Shape,
): Promise<z.output<Shape>> {
  const encoding = request.header('content-encoding') ?? 'identity'
  if (!JSON_MEDIA_TYPE.test(request.header('content-type') ?? '') || encoding !== 'identity') {
    throw new Problem('unsupported_media_type')
  }
  return checked(parseJson(await readBytes(request.raw.body)), shape)
}

/** @throws {Problem} with 400 */
export function readQuery<Shape extends z.ZodType>(
  request: HonoRequest,
  shape: Shape,
): z.output<Shape> {
  const parameters = Object.entries(request.queries()).map(([name, values]) => {
    // What is given twice stays an array, which no shape takes.
    return [name, values.length === 1 ? values[0] : values]
  })
  return checked(Object.fromEntries(parameters), shape)
}

async function readBytes(body: AsyncIterable<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body ?? []) {
      size += chunk.length
      if (size > MAX_BODY_BYTES) throw new Problem('payload_too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('malformed_request')
  }
  return Buffer.concat(chunks)
}

function parseJson(bytes: Buffer): unknown {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Problem('malformed_json')
  }
  if (isDeeperThan(value, MAX_JSON_DEPTH)) throw new Problem('malformed_json')
  return value
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1))
}

function checked<Shape extends z.ZodType>(value: unknown, shape: Shape): z.output<Shape> {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  throw new Problem('validation_failed', { errors: result.error.issues.flatMap(fieldErrors) })
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((field) => ({ field, message: 'is not known here' }))
  }
  return [{ field: issue.path.join('.') || '(body)', message: issue.message }]
}
