import { type Code, unsigned } from './wasm-code.js'

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const TYPE_I32 = 0x7f
const TYPE_V128 = 0x7b
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const

/** A function `run(count: i32): i32`. Local 0 is `count`; then the integers, then the vectors. */
export interface WasmFunction {
  readonly integers: number
  readonly vectors: number
  readonly body: Code
}

/**
 * The bytes of a module that imports `env.memory` and exports `run` (WebAssembly Core Specification
 * 2.0, section 5.5).
 */
export function wasmModule({ integers, vectors, body }: WasmFunction): Uint8Array<ArrayBuffer> {
  const locals = vector([
    [...unsigned(integers), TYPE_I32],
    [...unsigned(vectors), TYPE_V128],
  ])
  const code = [...locals, ...body, 0x0b]
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(SECTION.type, vector([[0x60, ...vector([[TYPE_I32]]), ...vector([[TYPE_I32]])]])),
    ...section(SECTION.import, vector([[...name('env'), ...name('memory'), 0x02, 0x00, 1]])),
    ...section(SECTION.function, vector([[0]])),
    ...section(SECTION.export, vector([[...name('run'), 0x00, 0]])),
    ...section(SECTION.code, vector([[...unsigned(code.length), ...code]])),
  ])
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content]
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()]
}

function name(text: string): Code {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]))
}
