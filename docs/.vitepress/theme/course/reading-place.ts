import { reactive } from 'vue'

/** Where the reader was in a chapter: a heading, by its anchor and its words. */
export interface ReadingPlace {
  readonly anchor: string
  readonly words: string
}

export interface Reading {
  /** The address of the chapter that was open last. */
  last?: string
  /** By the chapter's address. */
  places: Record<string, ReadingPlace>
  /** Addresses of chapters that were read to the end. */
  read: string[]
}

const KEY = 'course-reading'

/** What this browser remembers of the course; empty until {@link recall}. */
export const reading = reactive<Reading>({ places: {}, read: [] })

/** Once a page is there: a page that the server renders knows no reader. */
export function recall(): void {
  try {
    Object.assign(reading, JSON.parse(localStorage.getItem(KEY) ?? '{}'))
  } catch {
    // Storage is closed to this page, or something else is in it: the reader begins anew.
  }
}

export function remember(address: string, place: ReadingPlace | undefined, isRead: boolean): void {
  reading.last = address
  if (isRead && !reading.read.includes(address)) reading.read.push(address)
  if (place && !isRead) reading.places[address] = place
  else if (isRead) delete reading.places[address]
  try {
    localStorage.setItem(KEY, JSON.stringify(reading))
  } catch {
    // As above: then it lasts as long as the page.
  }
}
