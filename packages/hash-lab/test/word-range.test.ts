import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { findWordList } from '../src/node/word-list.js'
import { WordReader } from '../src/node/word-range.js'

const folder = mkdtempSync(join(tmpdir(), 'word-range-'))
const file = join(folder, 'words.txt')
afterAll(() => rmSync(folder, { recursive: true }))

/** The lines that ranges of `size` bytes give, in order. */
function linesByRanges(text: string, size: number): string[] {
  writeFileSync(file, text)
  const list = findWordList(file)
  const reader = new WordReader(list)
  const lines: string[] = []
  for (let from = 0; from < list.bytes; from += size) {
    for (const part of reader.lines(from, from + size)) {
      lines.push(...Buffer.from(part).toString().split('\n'))
    }
  }
  reader.close()
  return lines.filter((line) => line !== '')
}

test('ranges that meet give every line once, in order, wherever they are cut', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 }))
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 30 }), fc.boolean(), (parts, size, ends) => {
      const text = `x${parts.join('\n')}${ends ? '\n' : ''}`
      expect(linesByRanges(text, size)).toEqual(text.split('\n').filter((line) => line !== ''))
    }),
  )
})

test('a byte order mark belongs to no word', () => {
  expect(linesByRanges('\uFEFFfirst\nsecond\uFEFF', 4)).toEqual(['first', 'second\uFEFF'])
})

test('lines that cross the end of the buffer are whole', () => {
  const words = Array.from({ length: 200_000 }, (_, i) => `word${i}`)
  expect(linesByRanges(words.join('\n'), 777_777)).toEqual(words)
  expect(linesByRanges(`${words.join('\n')}\n`, 5_000_000)).toEqual(words)
})

test('a line longer than the buffer is no end to the list', () => {
  const long = 'x'.repeat(700_000)
  const lines = linesByRanges(`first\n${long}\nlast\n`, 100_000)
  expect(lines[0]).toBe('first')
  expect(lines.at(-1)).toBe('last')
  expect(lines.slice(1, -1).every((line) => line.length > 256)).toBe(true)
})
