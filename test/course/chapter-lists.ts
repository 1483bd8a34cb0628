import { posix } from 'node:path'
import type { Link } from 'mdast'
import { toString } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { type Finding, type Page, placeOf } from './page.js'

/** Whether a page lists a chapter by its number and title, with a link to it. */
export function findingsOfList(page: Page, chapter: Page): Finding[] {
  const title = titleOf(chapter)
  const listed = linksTo(page, chapter.file).filter((it) => /^\d+\. /.test(toString(it)))
  const [link] = listed
  if (!link) return [{ line: 1, message: `lists no “${title}” (${chapter.file})` }]
  return listed
    .filter((it) => toString(it) !== title)
    .map((it) => {
      const { line, start } = placeOf(it)
      const from = page.text.indexOf('[', start) + 1
      const edit = { start: from, end: page.text.indexOf('](', from), text: title }
      return { line, message: `lists “${toString(it)}”, which is “${title}”`, edit }
    })
}

function titleOf({ tree, file }: Page): string {
  const title = tree.children.find((it) => it.type === 'heading' && it.depth === 1)
  if (!title) throw new Error(`${file} has no title`)
  return toString(title)
}

function linksTo({ tree, file }: Page, target: string): Link[] {
  const links: Link[] = []
  visit(tree, 'link', (node) => {
    if (posix.join(posix.dirname(file), node.url) === target) links.push(node)
  })
  return links
}
