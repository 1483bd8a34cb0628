import { checkPostgresUrl } from '@session-vs-jwt/stores/postgres'
import { parseRedisUrl } from '@session-vs-jwt/stores/redis'
import { describe, expect, test } from 'vitest'
import { ConfigError, EnvReader } from '../src/env-reader.js'

const setting = { neededBy: 'this test', howTo: 'set it' }

/** What `read` gives, and the problems it leaves. */
function reading<T>(env: Record<string, string | undefined>, read: (env: EnvReader) => T) {
  const reader = new EnvReader(env)
  const value = read(reader)
  try {
    reader.finish('test server', value)
    return { value, problems: [], message: '' }
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    const { problems, message } = error as ConfigError
    return { value, problems, message }
  }
}

describe('settings', () => {
  test('report all that is wrong at once: what, who needs it, how to supply it', () => {
    const { problems, message } = reading({ B: 'many', C: 'x', D: 'x', E: 'x' }, (env) => {
      env.required('A', setting)
      env.integer('B', 5, 1, 9, 'the number')
      env.choice('C', ['on', 'off'], 'the switch')
      env.address('D', parseRedisUrl, setting)
      env.origins('E', 'pages')
      env.secret('F', setting)
    })
    expect(problems.map((it) => it.name)).toStrictEqual(['A', 'B', 'C', 'D', 'E', 'F'])
    expect(message).toMatch(/^The test server cannot start:\n/)
    for (const it of problems) {
      expect(message).toContain(`  ${it.name} ${it.problem}\n    needed by: ${it.neededBy}\n`)
      expect(message).toContain(`    how: ${it.howTo}`)
    }
  })

  test('give back the configuration when nothing is wrong', () => {
    const config = { some: 'thing' }
    expect(new EnvReader({}).finish('test server', config)).toBe(config)
  })

  test('that are empty or blank count as not set', () => {
    for (const blank of [undefined, '', '  ']) {
      const { value } = reading({ A: blank }, (env) => env.optional('A'))
      expect(value).toBeUndefined()
      const { problems } = reading({ A: blank }, (env) => env.required('A', setting))
      expect(problems).toMatchObject([{ name: 'A', problem: 'is not set' }])
    }
    expect(reading({ A: ' a ' }, (env) => env.required('A', setting)).value).toBe('a')
  })

  test('never show a secret', () => {
    const short = Buffer.from('canary-canary').toString('base64url')
    const env = { KEY: short, URL: 'http://user:canary@host/', REDIS: 'canary' }
    const { problems, message } = reading(env, (it) => {
      it.secret('KEY', setting)
      it.address('URL', checkPostgresUrl, setting)
      it.address('REDIS', parseRedisUrl, setting)
    })
    expect(problems.map((it) => it.name)).toStrictEqual(['KEY', 'URL', 'REDIS'])
    const told = JSON.stringify([message, problems])
    expect(told).not.toContain('canary')
    expect(told).not.toContain(short)
  })
})

describe('a whole number', () => {
  const integer = (text: string | undefined) =>
    reading({ N: text }, (env) => env.integer('N', 5, 1, 99, 'the test'))

  test.each([
    [undefined, 5],
    ['', 5],
    ['1', 1],
    ['99', 99],
    [' 7 ', 7],
    ['007', 7],
  ])('%j is %i', (text, value) => {
    expect(integer(text)).toMatchObject({ value, problems: [] })
  })

  test.each(['0', '100', '-1', '1.5', '1e1', '0x10', '1_0', 'NaN', 'Infinity', 'ten', '1 2'])(
    '%j is refused, with what would do',
    (text) => {
      const [problem] = integer(text).problems
      expect(problem?.howTo).toBe('a whole number from 1 to 99; 5 if not set')
      expect(problem?.neededBy).toBe('the test')
    },
  )
})

describe('a choice', () => {
  const choice = (text: string | undefined) =>
    reading({ C: text }, (env) => env.choice('C', ['first', 'second'], 'the test'))

  test('is the first one if nothing is said', () => {
    expect(choice(undefined)).toMatchObject({ value: 'first', problems: [] })
    expect(choice('second')).toMatchObject({ value: 'second', problems: [] })
  })

  test.each(['Second', 'third', 'first,second'])('%s is refused', (text) => {
    expect(choice(text).problems[0]?.howTo).toBe('one of first, second; first if not set')
  })
})

describe('the address of a store', () => {
  const url = (text: string) =>
    reading({ U: text }, (env) => env.address('U', parseRedisUrl, setting))

  test.each(['redis://localhost:6379', 'rediss://:p%40ss@host:6379/0'])('may be %s', (text) => {
    expect(url(text)).toMatchObject({ value: text, problems: [] })
  })

  test.each([
    'localhost:6379',
    'http://localhost',
    'redis',
    '//localhost',
    'redis:// '.trim() + ' x',
  ])('may not be %s', (text) => {
    expect(url(text).problems).toHaveLength(1)
  })

  test('that is missing is one problem, not two', () => {
    expect(url('').problems).toMatchObject([{ name: 'U', problem: 'is not set' }])
  })
})

describe('a list of origins', () => {
  const origins = (text: string) => reading({ O: text }, (env) => env.origins('O', 'pages'))

  test('is split at commas', () => {
    expect(origins('')).toMatchObject({ value: [], problems: [] })
    const two = 'http://localhost:3000 , https://app.example.org,'
    expect(origins(two)).toMatchObject({
      value: ['http://localhost:3000', 'https://app.example.org'],
      problems: [],
    })
  })

  test.each([
    '*',
    'null',
    'localhost:3000',
    'http://localhost:3000/',
    'http://localhost/path',
    'http://user@localhost',
    'https://',
    'chrome-extension://abc',
    'http://local host',
  ])('refuses %s, which no browser sends', (origin) => {
    expect(origins(origin).problems).toHaveLength(1)
  })

  test('is read in whatever form the origins are written', () => {
    expect(origins('HTTP://LocalHost:80, https://app.example.org:443')).toMatchObject({
      value: ['http://localhost', 'https://app.example.org'],
      problems: [],
    })
  })

  test('names each that is wrong', () => {
    expect(origins('*,http://localhost,null').problems).toHaveLength(2)
  })
})

describe('a secret', () => {
  const secret = (text: string) => reading({ S: text }, (env) => env.secret('S', setting))

  test('has 32 bytes or more (RFC 7518, section 3.2)', () => {
    const key = Buffer.alloc(32, 0xab)
    expect(secret(key.toString('base64url'))).toMatchObject({ value: key, problems: [] })
    const short = secret(Buffer.alloc(31, 0xab).toString('base64url'))
    expect(short.problems).toMatchObject([{ name: 'S', problem: 'is shorter than 32 bytes' }])
  })

  test('that is missing is one problem, not two', () => {
    expect(secret('').problems).toMatchObject([{ name: 'S', problem: 'is not set' }])
  })
})
