import { expect, test } from 'vitest'
import { parseOrigin } from '../src/origin.js'

test.each([
  ['https://app.example', 'https://app.example'],
  ['HTTPS://App.Example', 'https://app.example'],
  ['https://app.example:443', 'https://app.example'],
  ['http://app.example:80', 'http://app.example'],
  ['http://app.example:443', 'http://app.example:443'],
  ['https://app.example:8443', 'https://app.example:8443'],
  ['http://127.0.0.1:3001', 'http://127.0.0.1:3001'],
  ['http://[::1]:80', 'http://[::1]'],
  ['https://app.example.', 'https://app.example.'],
])('the origin %s is %s', (text, origin) => {
  expect(parseOrigin(text)).toBe(origin)
})

test.each([
  '',
  'null',
  '*',
  'app.example',
  'https:app.example',
  'https://',
  'https://app.example/',
  'https://app.example/path',
  'https://app.example?a',
  'https://app.example#a',
  'https://user@app.example',
  String.raw`https://app.example\x`,
  ' https://app.example',
  'https://app.example\n',
  'https://app.example, https://app.example',
  'https://app.example:99999',
  'chrome-extension://abc',
  'data:text/html,a',
])('"%s" is not an origin', (text) => {
  expect(parseOrigin(text)).toBeUndefined()
})
