import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** A chapter as lists of chapters show it. */
export interface Chapter {
  /** The folder's name, which is its address too. */
  readonly slug: string
  readonly number: number
  readonly title: string
  readonly minutes: number
}

interface Part {
  readonly title: string
  readonly first: number
}

/** Where each part of the course begins. */
const PARTS: readonly Part[] = [
  { title: 'HTTP and its memory', first: 1 },
  { title: 'JWT', first: 3 },
  { title: 'Both together', first: 6 },
  { title: 'Passwords', first: 8 },
  { title: 'Building it', first: 12 },
  { title: 'Ending it and keeping it', first: 16 },
  { title: 'In production', first: 20 },
  { title: 'Mistakes', first: 24 },
]

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

/** The sidebar of a course: its parts, and the chapters in them. `base` is where it is served. */
export function courseSidebar(chapters: readonly Chapter[], base = '/') {
  return PARTS.map(({ title, first }, index) => {
    const end = PARTS[index + 1]?.first ?? Number.POSITIVE_INFINITY
    const items = chapters
      .filter(({ number }) => number >= first && number < end)
      .map(({ slug, number, title: text }) => ({
        text: `${number}. ${text}`,
        link: `${base}${slug}/`,
      }))
    return { text: title, items }
  }).filter(({ items }) => items.length > 0)
}
