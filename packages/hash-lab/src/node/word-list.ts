import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { HashLabError } from '../hash-lab-error.js'
import { utf8 } from '../bytes.js'
import { TUTORIAL_SECRETS } from '../tutorial-secrets.js'
import { COMMON_PASSWORDS } from '../word-lists.js'

/** A word list: a file, read where it lies, or the one that comes with the lab. */
export interface WordList {
  /** The path, or `built-in`. */
  readonly name: string
  readonly bytes: number
  /** Changes when the list does. */
  readonly version: string
  /** Of a list that comes with the lab. */
  readonly words?: readonly string[]
}

const BUILT_IN = 'built-in'

/** Secrets of tutorials, one on each line. */
export const SECRETS_LIST: WordList = builtIn('tutorial-secrets', TUTORIAL_SECRETS)
const SNIFFED_BYTES = 8_192

/** @throws {HashLabError} when the file cannot be a word list */
export function findWordList(path: string | undefined): WordList {
  if (path === undefined) {
    return builtIn(BUILT_IN, COMMON_PASSWORDS)
  }
  const file = openWordList(path)
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw problem(path, 'is not a file')
    if (stat.size === 0) throw problem(path, 'is empty')
    const head = Buffer.alloc(SNIFFED_BYTES)
    if (head.subarray(0, readSync(file, head, 0, SNIFFED_BYTES, 0)).includes(0)) {
      throw problem(path, 'holds zero bytes, so it is binary and not a list of words')
    }
    return { name: path, bytes: stat.size, version: `${stat.size} ${stat.mtime.toISOString()}` }
  } finally {
    closeSync(file)
  }
}

export function openWordList(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw problem(path, `cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function problem(path: string, why: string): HashLabError {
  return new HashLabError(
    `The word list ${path} ${why}. It must be a text file with one password on each line.`,
  )
}

/** 49,000 passwords, the most common first, one on each line. */
export function builtInWords(): Uint8Array<ArrayBuffer> {
  return lines(COMMON_PASSWORDS)
}

export function lines(words: readonly string[]): Uint8Array<ArrayBuffer> {
  return utf8(`${words.join('\n')}\n`)
}

function builtIn(name: string, words: readonly string[]): WordList {
  const bytes = lines(words).length
  return { name, words, bytes, version: `${name} ${bytes}` }
}
