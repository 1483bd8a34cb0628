import { z } from 'zod'

/** Milliseconds since 1970 that a `Date` can hold. */
export const momentSchema: z.ZodType<number> = z.int().min(0).max(8_640_000_000_000_000)

/** What a store holds as JSON, or `undefined` if it is something else than `schema` describes. */
export function fromStoredJson<T>(schema: z.ZodType<T>, json: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}
