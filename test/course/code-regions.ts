import { readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { Code } from 'mdast'
import { visit } from 'unist-util-visit'
import { declarationText, dedented } from './declaration.js'
import { type Finding, type Page, placeOf } from './page.js'

/** Before a block of code: from which file it is, and which declaration or region of it. */
export const CODE_COMMENT = /<!-- code: (\S+) (\S+) -->/

/** More than that is no longer read. */
const MOST_LINES = 45

export interface CodeRegion {
  readonly line: number
  readonly source: string
  readonly name: string
  /** The block that shows it; missing where the author forgot it. */
  readonly block: Code | undefined
}

export function codeRegionsOf({ tree }: Page): CodeRegion[] {
  const regions: CodeRegion[] = []
  visit(tree, 'html', (node, index, parent) => {
    const [, source, name] = CODE_COMMENT.exec(node.value) ?? []
    if (source === undefined || name === undefined) return
    const next = parent?.children[(index ?? 0) + 1]
    const block = next?.type === 'code' ? next : undefined
    regions.push({ line: placeOf(node).line, source, name, block })
  })
  return regions
}

/** Whether what is shown is what runs. @throws Error where the file cannot be read */
export function findingsOfRegion({ line, source, name, block }: CodeRegion): Finding[] {
  const expected = textOf(source, name)
  if (expected === undefined) return [{ line, message: `${source} has no “${name}”` }]
  const lines = expected.split('\n').length
  if (lines > MOST_LINES) {
    return [{ line, message: `“${name}” has ${lines} lines; show ${MOST_LINES} at most` }]
  }
  if (!block) return [{ line, message: 'after “code:” comes a block of code' }]
  if (block.value === expected) return []
  const { start, end } = placeOf(block)
  const text = `\`\`\`${extname(source).slice(1).replace('mjs', 'js')}\n${expected}\n\`\`\``
  return [{ line, message: `the code of ${source} has changed`, edit: { start, end, text } }]
}

function textOf(source: string, name: string): string | undefined {
  const text = readFileSync(resolve(source), 'utf8')
  const declaration = /\.m?[jt]s$/.test(source) ? declarationText(source, text, name) : undefined
  return declaration ?? regionText(text, name)
}

/** What is between `#region name` and the next `#endregion`, without these lines. */
function regionText(text: string, name: string): string | undefined {
  const found = new RegExp(`^.*#region ${name}\\n([\\s\\S]*?)\\n.*#endregion`, 'm').exec(text)
  if (found?.[1] === undefined) return undefined
  const start = found.index + found[0].indexOf('\n') + 1
  return dedented(text, start, start + found[1].length)
}
