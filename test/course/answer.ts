import { stripVTControlCharacters } from 'node:util'
import { masked } from './mask.js'
import type { ShownAnswer } from './steps.js'

/** Where a shown answer leaves the real one. Lines are counted from 0. */
export interface Difference {
  readonly index: number
  readonly expected: string | undefined
  readonly got: string | undefined
}

/** What a program printed, as a page shows it. */
export function readable(output: string, format: ShownAnswer['format']): string {
  const text = stripVTControlCharacters(output)
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .trimEnd()
  return format === 'json' ? (asJson(text) ?? text) : text
}

/**
 * Compares an answer with what came, after masking. `…` in a line stands for any text, a line of nothing
 * else for any lines.
 */
export function differenceOf(shown: ShownAnswer, output: string): Difference | undefined {
  const expected = linesOf(readable(shown.text, shown.format))
  const got = linesOf(readable(output, shown.format))
  let [furthest, reached] = [0, 0]
  const matches = (i: number, j: number): boolean => {
    if (i > furthest || (i === furthest && j > reached)) [furthest, reached] = [i, j]
    const line = expected[i]
    if (line === undefined) return j === got.length
    if (line.trim() === '…') return anyFrom(j, got.length, (k) => matches(i + 1, k))
    const other = got[j]
    return other !== undefined && isLike(line, other) && matches(i + 1, j + 1)
  }
  if (matches(0, 0)) return undefined
  return { index: furthest, expected: expected[furthest], got: got[reached] }
}

function anyFrom(from: number, to: number, holds: (k: number) => boolean): boolean {
  for (let k = from; k <= to; k += 1) if (holds(k)) return true
  return false
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n')
}

function isLike(line: string, other: string): boolean {
  const parts = masked(line).split('…')
  const pattern = parts
    .map((it) => it.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${pattern}$`, 'u').test(masked(other))
}

function asJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return undefined
  }
}
