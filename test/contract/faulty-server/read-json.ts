import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { Problem } from './problem.js'

const MAX_BODY_BYTES = 16 * 1024
const MAX_JSON_DEPTH = 20
const JSON_MEDIA_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?$/i

/** The body of `request`, checked. */
export async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers
  if (!JSON_MEDIA_TYPE.test(type) || encoding !== 'identity') {
    throw new Problem('unsupported_media_type')
  }
  return checked(parseJson(await readBytes(request)), schema)
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  // By default a loop that is left closes the connection, and no answer would arrive.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length
    if (size > MAX_BODY_BYTES) {
      throw new Problem('payload_too_large', { headers: { Connection: 'close' } })
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function parseJson(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (!deeperThan(value, MAX_JSON_DEPTH)) return value
  } catch {
    // Told below.
  }
  throw new Problem('malformed_json', {
    detail: `The body is no JSON in UTF-8 of at most ${MAX_JSON_DEPTH} levels.`,
  })
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => deeperThan(inner, levels - 1))
}

/** `value` as `schema` gives it; every field that is wrong is named. */
export function checked<T>(value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.flatMap((issue) => {
    const fields =
      issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('.') || '(body)']
    return fields.map((field) => ({ field, message: issue.message }))
  })
  throw new Problem('validation_failed', { errors })
}
