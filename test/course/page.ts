import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Nodes, Root } from 'mdast'
import { remark } from 'remark'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'

/** A page of the documentation, read. */
export interface Page {
  /** From the checkout's root. */
  readonly file: string
  readonly text: string
  readonly tree: Root
}

/** What is wrong in a page, and what `-u` writes instead, where a program can know it. */
export interface Finding {
  readonly line: number
  readonly message: string
  readonly edit?: Edit
}

/** `text` in the place of what is between two offsets. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

const parser = remark().use(remarkFrontmatter).use(remarkGfm)

export function readPage(file: string): Page {
  return parsePage(file, readFileSync(resolve(file), 'utf8'))
}

export function parsePage(file: string, text: string): Page {
  return { file, text, tree: parser.parse(text) }
}

/** Where a node is; a parsed node has a position. */
export function placeOf(node: Nodes): { line: number; column: number; start: number; end: number } {
  const { position } = node
  const start = position?.start.offset
  const end = position?.end.offset
  if (!position || start === undefined || end === undefined) throw new Error('not a parsed node')
  return { line: position.start.line, column: position.start.column, start, end }
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** `text` with all edits made; they do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, it) => all.slice(0, it.start) + it.text + all.slice(it.end), text)
}
