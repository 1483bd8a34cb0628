import { describe, expect, it } from 'vitest'
import { CookieJar } from '../src/index.js'

function jarAfter(...lines: string[]): CookieJar {
  const jar = new CookieJar()
  for (const line of lines) jar.take([line])
  return jar
}

describe('a cookie jar', () => {
  it('sends what it was given, and no attribute', () => {
    const jar = new CookieJar()
    jar.take(['sid=a.b-c=; path=/; httponly; samesite=lax', 'sid.sig=x; path=/'])
    expect(jar.header()).toBe('sid=a.b-c=; sid.sig=x')
  })

  it('keeps the newest value', () => {
    expect(jarAfter('sid=1', 'sid=2').header()).toBe('sid=2')
  })

  it.each([
    'sid=; path=/',
    'sid=1; Max-Age=0',
    'sid=1; max-age=-1',
    'sid=1; expires=Thu, 01 Jan 1970 00:00:00 GMT',
  ])('forgets at "%s"', (line) => {
    expect(jarAfter('sid=1', line).header()).toBeUndefined()
  })

  it('lets Max-Age win over Expires', () => {
    const line = 'sid=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'
    expect(jarAfter(line).header()).toBe('sid=1')
  })

  it.each(['', 'sid', '=1', ';sid=1'])('ignores "%s"', (line) => {
    expect(jarAfter(line).header()).toBeUndefined()
  })

  it('has copies that go their own way', () => {
    const jar = jarAfter('sid=1')
    const copy = jar.copy()
    jar.take(['sid=2'])
    expect(copy.header()).toBe('sid=1')
  })
})
