/** A language of the course. Beside English, its pages lie in a folder of `docs`: `docs/ko/01-…`. */
export interface Language {
  /** Of its folder; `root` is `docs` itself. */
  readonly key: string
  /** Where its pages are served. */
  readonly base: string
  /** As `<html lang>` has it (BCP 47). */
  readonly lang: string
  /** Its name in itself. */
  readonly label: string
  readonly parts: readonly Part[]
}

/** A part of the course, and the number of its first chapter. */
interface Part {
  readonly title: string
  readonly first: number
}

export const languages: readonly Language[] = [
  {
    key: 'root',
    base: '/',
    lang: 'en',
    label: 'English',
    parts: [
      { title: 'HTTP and its memory', first: 1 },
      { title: 'JWT', first: 3 },
      { title: 'Both together', first: 6 },
      { title: 'Passwords', first: 8 },
      { title: 'Building it', first: 12 },
      { title: 'Ending it and keeping it', first: 16 },
      { title: 'In production', first: 20 },
      { title: 'Mistakes', first: 24 },
    ],
  },
]
