import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import jsonata from 'jsonata'
import { visit } from 'unist-util-visit'
import { type Finding, lineAt, type Page, placeOf } from './page.js'

/** A figure says which file it is from, and by which expression (JSONata). */
export const FIGURE_COMMENT = /<!-- figure: (\S+) ([\s\S]*?) -->([\s\S]*?)<!-- \/figure -->/

export interface Figure {
  readonly line: number
  /** From the checkout's root. */
  readonly source: string
  readonly expression: string
  readonly shown: string
  /** Offsets of what is shown. */
  readonly start: number
  readonly end: number
  /** Markdown takes a line that begins with a comment for HTML, and the paragraph ends there. */
  readonly beginsLine: boolean
}

/** The figures of a page, but for those in blocks of code, which are about figures. */
export function figuresOf({ text, tree }: Page): Figure[] {
  const blocks: { start: number; end: number }[] = []
  visit(tree, ['code', 'inlineCode'], (node) => void blocks.push(placeOf(node)))
  return [...text.matchAll(new RegExp(FIGURE_COMMENT, 'g'))]
    .filter(({ index }) => !blocks.some(({ start, end }) => start <= index && index < end))
    .map(({ 0: all, 1: source = '', 2: expression = '', 3: shown = '', index }) => {
      const end = index + all.length - '<!-- /figure -->'.length
      const beginsLine = /(^|\n)[ >]*$/.test(text.slice(0, index))
      const line = lineAt(text, index)
      return { line, source, expression, shown, start: end - shown.length, end, beginsLine }
    })
}

/** What is wrong with a figure. @throws Error where its file cannot be read or its expression is none */
export async function findingsOfFigure(figure: Figure): Promise<Finding[]> {
  const { line, source, expression, shown, start, end } = figure
  if (figure.beginsLine) return [{ line, message: 'a figure must not be the first of its line' }]
  const value = await valueOf(source, expression)
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  // What is missing and gets a unit is a text of the unit alone.
  if (!/\d/.test(text)) {
    return [{ line, message: `${expression} is no figure in ${source}: ${JSON.stringify(value)}` }]
  }
  if (text === shown) return []
  const message = `the figure is “${shown}”; ${source} says “${text}” (${expression})`
  return [{ line, message, edit: { start, end, text } }]
}

async function valueOf(source: string, expression: string): Promise<unknown> {
  return jsonata(expression).evaluate(JSON.parse(await readFile(resolve(source), 'utf8')))
}
