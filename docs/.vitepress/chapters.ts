import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Language } from './languages.js'

/** A chapter as lists of chapters show it. */
export interface Chapter {
  /** The folder's name, which is its address too. */
  readonly slug: string
  readonly number: number
  readonly title: string
  readonly minutes: number
}

/** The chapters in `folder`, in order: each is `NN-slug/README.md`, and says its title at its head. */
export function readChapters(folder: string): Chapter[] {
  return readdirSync(folder)
    .filter((it) => /^\d\d-/.test(it) && existsSync(join(folder, it, 'README.md')))
    .map((slug) => {
      const text = readFileSync(join(folder, slug, 'README.md'), 'utf8')
      const head = parse(/^---\n([\s\S]*?)\n---/.exec(text)?.[1] ?? '') as Partial<Chapter>
      const { title = slug, minutes = 10 } = head
      return { slug, number: Number(slug.slice(0, 2)), title, minutes }
    })
}

/** The decisions in `folder`, as items of a sidebar, in the order of their numbers. */
export function decisionItems(folder: string) {
  return readdirSync(folder)
    .filter((it) => /^\d{4}-.+\.md$/.test(it))
    .map((file) => {
      const text = /^# (.+)$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? file
      return { text, link: `/decisions/${file.replace(/\.md$/, '')}` }
    })
}

/** The sidebar of a course: its parts, and the chapters in them. */
export function courseSidebar(chapters: readonly Chapter[], { base, parts }: Language) {
  return parts
    .map(({ title, first }, index) => {
      const end = parts[index + 1]?.first ?? Number.POSITIVE_INFINITY
      const items = chapters
        .filter(({ number }) => number >= first && number < end)
        .map(({ slug, number, title: text }) => ({
          text: `${number}. ${text}`,
          link: `${base}${slug}/`,
        }))
      return { text: title, items }
    })
    .filter(({ items }) => items.length > 0)
}
