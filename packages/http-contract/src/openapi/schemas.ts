import { z } from 'zod'
import { requests } from '../contract.js'
import type { JsonSchema } from './document.js'
import type { Operation, ServerKind } from '../operations/operation.js'
import { type ResponseName, responses } from '../responses.js'

/** Those which stand inside of others: they get a name of their own, and are not written out there. */
const PARTS: readonly ResponseName[] = ['user', 'userEntry', 'post', 'device', 'problem']

/** `components/schemas`: every body of `operations`, and what bodies share, by name. */
export function componentSchemas(
  operations: readonly Operation[],
  server: ServerKind,
): Record<string, JsonSchema> {
  const answers = operations.flatMap(({ success, unready }) => [success[server], unready])
  const bodies = answers.flatMap((answer) => answer?.body ?? [])
  const names = [...new Set([...bodies, ...PARTS])]
  const wanted = operations.flatMap(({ body }) => body?.schema ?? [])
  return {
    ...jsonSchemas(new Map(wanted.map((name) => [name, requests[name]])), 'input'),
    ...jsonSchemas(new Map(names.map((name) => [name, responses[name]])), 'output'),
  }
}

/** The name in the document: that of the contract, with a capital. */
export function schemaRef(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${componentName(name)}` }
}

/** JSON Schema of one schema that nobody refers to. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', override: shorten })
  return rest
}

function jsonSchemas(
  byName: ReadonlyMap<string, z.ZodType>,
  io: 'input' | 'output',
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [name, schema] of byName) registry.add(schema, { id: componentName(name) })
  const uri = (id: string): string => `#/components/schemas/${id}`
  const { schemas } = z.toJSONSchema(registry, { io, uri, override: shorten })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id: _id, $schema: _dialect, ...rest }]) => [name, rest]),
  )
}

/**
 * Takes out what tells a reader nothing: that names are strings, how far integers of JavaScript reach, and
 * the patterns of hundreds of characters in which zod spells formats out. The format says it; that times
 * are in UTC it does not.
 */
function shorten({ jsonSchema: it }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete it.propertyNames
  if (it.minimum === Number.MIN_SAFE_INTEGER) delete it.minimum
  if (it.maximum === Number.MAX_SAFE_INTEGER) delete it.maximum
  if (it.format !== undefined) delete it.pattern
  if (it.format === 'date-time') it.pattern = 'Z$'
}

function componentName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
