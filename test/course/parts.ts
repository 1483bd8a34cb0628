import type { Heading, RootContent } from 'mdast'
import { toString } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { PARTS } from './chapters.js'
import { CODE_COMMENT } from './code-regions.js'
import { FIGURE_COMMENT } from './figures.js'
import { type Finding, type Page, placeOf } from './page.js'

const frontmatter = z.strictObject({
  title: z.string().min(3),
  description: z.string().min(10),
  minutes: z.int().min(5).max(15),
})

/** A part of a chapter, from its heading to the next. */
interface Part {
  readonly title: string
  readonly line: number
  readonly text: string
}

/** What a part must have in it. */
const CONTENTS: Readonly<Record<(typeof PARTS)[number], readonly [RegExp, string]>> = {
  'The question': [/\?/, 'asks nothing'],
  'The idea': [/^ *```mermaid$/m, 'has no mermaid diagram'],
  'Do it': [
    /^ *```(sh|http)\b|\(http:\/\/localhost:3000\//m,
    'has no command and no link to a lab',
  ],
  'What you saw': [FIGURE_COMMENT, 'has no figure'],
  'The code': [CODE_COMMENT, 'includes no code'],
  'A common mistake': [
    new RegExp(String.raw`${CODE_COMMENT.source}|\]\((\.\./)+(test|packages/[\w-]+/test)/`),
    'includes no code and names no test',
  ],
  Questions: [/<details>/, 'has no questions'],
}

const QUESTION = /<details>\s*<summary>([\s\S]*?)<\/summary>([\s\S]*?)<\/details>/g

/** Whether a chapter has its head and its parts. `number` is the one in its folder's name. */
export function findingsOfShape(page: Page, number: number): Finding[] {
  const parts = partsOf(page)
  return [
    ...findingsOfHead(page, number),
    ...findingsOfOrder(parts),
    ...parts.flatMap(findingsOfContents),
  ]
}

function findingsOfHead({ tree }: Page, number: number): Finding[] {
  const [yaml] = tree.children
  if (yaml?.type !== 'yaml') return [{ line: 1, message: 'has no frontmatter' }]
  const head = frontmatter.safeParse(readYaml(yaml.value))
  if (!head.success) {
    return [{ line: 1, message: `frontmatter: ${z.prettifyError(head.error)}` }]
  }
  const titles = tree.children.filter((it) => it.type === 'heading' && it.depth === 1)
  const expected = `${number}. ${head.data.title}`
  const [title] = titles
  if (titles.length === 1 && title && toString(title) === expected) return []
  const line = title ? placeOf(title).line : 1
  return [{ line, message: `must have one heading of the first level: # ${expected}` }]
}

function readYaml(text: string): unknown {
  try {
    return parseYaml(text)
  } catch (error) {
    return (error as Error).message
  }
}

function findingsOfOrder(parts: readonly Part[]): Finding[] {
  const titles = parts.map(({ title }) => title)
  if (titles.join() === PARTS.join()) return []
  const at = PARTS.findIndex((it, index) => it !== titles[index])
  const wanted = PARTS[at] ?? 'nothing more'
  const line = parts[at === -1 ? PARTS.length : at]?.line ?? parts.at(-1)?.line ?? 1
  return [{ line, message: `parts are ${PARTS.join(', ')}; here must come: ${wanted}` }]
}

function findingsOfContents({ title, line, text }: Part): Finding[] {
  const [pattern, message] = CONTENTS[title as keyof typeof CONTENTS] ?? [/^/, '']
  if (!pattern.test(text)) return [{ line, message: `“${title}” ${message}` }]
  return title === 'Questions' ? findingsOfQuestions(line, text) : []
}

function findingsOfQuestions(line: number, text: string): Finding[] {
  const questions = [...text.matchAll(QUESTION)]
  if (questions.length !== 3) {
    return [{ line, message: `must have three questions and answers, has ${questions.length}` }]
  }
  return questions
    .filter(([, question = '', answer = '']) => !question.trim() || !answer.trim())
    .map(([all]) => ({ line, message: `lacks a question or an answer: ${all}` }))
}

function partsOf({ tree, text }: Page): Part[] {
  const headings: Heading[] = []
  visit(tree, 'heading', (node) => void (node.depth === 2 && headings.push(node)))
  return headings.map((heading, index) => {
    const next: RootContent | undefined = headings[index + 1]
    const { line, end } = placeOf(heading)
    return {
      title: toString(heading),
      line,
      text: text.slice(end, next ? placeOf(next).start : undefined),
    }
  })
}
