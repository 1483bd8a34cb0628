import type { Code } from 'mdast'
import { visit } from 'unist-util-visit'
import { type Finding, type Page, placeOf } from './page.js'

const KINDS = ['run', 'fails', 'start', 'server', 'http'] as const

/** Something that the reader does, and what is to be seen then. */
export interface Step {
  /**
   * `run` and `fails`: commands of a shell that succeed, or whose last one fails; `start`: a workbench with
   * other options; `server`: a program that stays; `http`: requests as a `.http` file has them.
   */
  readonly kind: (typeof KINDS)[number]
  readonly line: number
  readonly text: string
  readonly answer?: ShownAnswer
}

export interface ShownAnswer {
  readonly line: number
  readonly format: 'text' | 'json' | 'http'
  readonly text: string
  /** Offsets in the page of all lines between the fences. */
  readonly start: number
  readonly end: number
  /** Before each of these lines, where the block stands in a list. */
  readonly indentation: string
}

/** Languages of blocks that are shown and not run. */
const SHOWN = ['text', 'json', 'ts', 'js', 'vue', 'mermaid', 'sql', 'yaml', 'html', 'diff', 'redis']

/** What a page's blocks ask to be done, in order; and blocks that say it in no known way. */
export function stepsOf(page: Page): { steps: Step[]; findings: Finding[] } {
  const steps: Step[] = []
  const findings: Finding[] = []
  visit(page.tree, 'code', (node, index, parent) => {
    const { line } = placeOf(node)
    const kind = kindOf(node)
    if (kind === 'answer') {
      const before = parent?.children[(index ?? 0) - 1]
      const asked = before?.type === 'code' && STEP_LANGUAGES.includes(before.lang ?? '')
      if (!asked) findings.push({ line, message: 'an answer comes right after its command' })
    } else if (kind === undefined) {
      findings.push({ line, message: `unknown kind of block: ${node.lang} ${node.meta ?? ''}` })
    } else if (kind !== 'shown') {
      const next = parent?.children[(index ?? 0) + 1]
      const answer =
        next?.type === 'code' && kindOf(next) === 'answer' ? answerOf(page, next) : undefined
      steps.push({ kind, line, text: node.value, ...(answer && { answer }) })
    }
  })
  return { steps, findings }
}

const STEP_LANGUAGES = ['sh', 'http']

function kindOf({ lang, meta }: Code): Step['kind'] | 'answer' | 'shown' | undefined {
  if (meta === 'answer') return /^(text|json|http)$/.test(lang ?? '') ? 'answer' : undefined
  if (lang === 'sh' && !meta) return 'run'
  if (lang === 'sh') return KINDS.slice(1, 4).find((it) => it === meta)
  if (lang === 'http' && !meta) return 'http'
  return SHOWN.includes(lang ?? '') ? 'shown' : undefined
}

function answerOf({ text }: Page, node: Code): ShownAnswer {
  const { line, column, start, end } = placeOf(node)
  const from = text.indexOf('\n', start) + 1
  const to = text.lastIndexOf('\n', end - 1) + 1
  const format = node.lang as ShownAnswer['format']
  return {
    line,
    format,
    text: node.value,
    start: from,
    end: to,
    indentation: ' '.repeat(column - 1),
  }
}
