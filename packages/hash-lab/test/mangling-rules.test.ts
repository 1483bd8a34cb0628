import { expect, test } from 'vitest'
import { applyRule, combineRules, parseRule } from '../src/mangling-rules.js'

// The examples of hashcat's page on its rules.
test.each([
  [':', 'p@ssW0rd', 'p@ssW0rd'],
  ['l', 'p@ssW0rd', 'p@ssw0rd'],
  ['u', 'p@ssW0rd', 'P@SSW0RD'],
  ['c', 'p@ssW0rd', 'P@ssw0rd'],
  ['C', 'p@ssW0rd', 'p@SSW0RD'],
  ['t', 'p@ssW0rd', 'P@SSw0RD'],
  ['r', 'p@ssW0rd', 'dr0Wss@p'],
  ['d', 'p@ssW0rd', 'p@ssW0rdp@ssW0rd'],
  ['$1', 'p@ssW0rd', 'p@ssW0rd1'],
  ['^1', 'p@ssW0rd', '1p@ssW0rd'],
  ['[', 'p@ssW0rd', '@ssW0rd'],
  [']', 'p@ssW0rd', 'p@ssW0r'],
  ['ss$', 'p@ssW0rd', 'p@$$W0rd'],
  ['@s', 'p@ssW0rd', 'p@W0rd'],
  ['c $2 $0', 'pass', 'Pass20'],
  ['ss$$1', 'pass', 'pa$$1'],
  ['$1r', 'pass', '1ssap'],
  ['$1$2$3$4$5$6$7$8$9', 'pass', 'pass123456789'],
  ['l', 'ÄPFEL', 'Äpfel'],
])('%s makes %s into %s', (rule, word, result) => {
  expect(applyRule(parseRule(rule), word)).toBe(result)
})

test.each([
  ['cZ', /"cZ" cannot be read at its character 2/],
  ['sa', /cannot be read at its character 1/],
  ['$', /cannot be read at its character 1/],
])('%s is no rule', (rule, message) => {
  expect(() => parseRule(rule)).toThrow(message)
})

test('sets multiply; without any, only the word itself is left', () => {
  expect(combineRules([]).map(({ text }) => text)).toEqual([':'])
  const [letters, ends] = [combineRules(['case']).length, combineRules(['years']).length]
  expect(combineRules(['case', 'years'])).toHaveLength(letters * ends)
  expect(combineRules(['years', 'case']).map(({ text }) => text)).toEqual(
    combineRules(['case', 'years']).map(({ text }) => text),
  )
})
