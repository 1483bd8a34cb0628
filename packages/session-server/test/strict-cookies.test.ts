import { describe, expect, test } from 'vitest'
import { timesSent } from '../src/session/strict-cookies.js'

describe.each(['sid', 'sid.sig', '__Host-sid', '__Host-sid.sig'])('pairs named %s', (name) => {
  test.each([
    ['no header', undefined, 0],
    ['an empty header', '', 0],
    ['one pair', `${name}=a`, 1],
    ['two pairs', `${name}=a; ${name}=b`, 2],
    ['an empty value', `${name}=`, 1],
    ['a value with "="', `${name}=a=b`, 1],
    ['no space after the semicolon', `a=b;${name}=c`, 1],
    ['the bare name', name, 0],
    ['the bare name and one more character', `${name}x`, 0],
    ['a longer name', `${name}x=a`, 0],
    ['a name in front of it', `x${name}=a`, 0],
    ['an empty name', `=${name}=a`, 0],
    ['the name as a value', `a=${name}`, 0],
    ['a space after the name', `${name} =a`, 0],
    ['a no-break space in front of the name', `\u00a0${name}=a`, 0],
    ['another case', `${name.toUpperCase()}=a`, 0],
    ['pairs without "=" on both sides', `${name}x; ${name}=a; ${name}; ;`, 1],
  ])('%s', (_what, header, times) => {
    expect(timesSent(header, name)).toBe(times)
  })
})
