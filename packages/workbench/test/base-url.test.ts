import { expect, test } from 'vitest'
import { readBaseUrl } from '../src/client/base-url.js'

const read = (text: string): string => readBaseUrl(text, '--url', 'http://127.0.0.1:4000')

test.each([
  ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
  [' http://127.0.0.1:4000/ ', 'http://127.0.0.1:4000'],
  ['HTTPS://Example.ORG:443/api/v1//', 'https://example.org/api/v1'],
  ['http://[::1]:4000/', 'http://[::1]:4000'],
])('%j is %s', (text, url) => {
  expect(read(text)).toBe(url)
})

test.each([
  ['', 'is not an address: ""'],
  ['localhost:4000', 'is not an address'],
  ['ftp://127.0.0.1', 'is not an address'],
  ['http://127.0.0.1:99999', 'is not an address'],
  ['http://127.0.0.1/api?a=b', 'goes on after its path ("?a=b")'],
  ['http://127.0.0.1/#top', 'goes on after its path ("#top")'],
  ['http://ann:secret@127.0.0.1', 'has a user name or a password in it'],
])('%j is refused, with what it should look like', (text, message) => {
  expect(() => read(text)).toThrow(`--url ${message}`)
  expect(() => read(text)).toThrow('It should look like http://127.0.0.1:4000.')
  expect(() => read(text)).not.toThrow('secret')
})
