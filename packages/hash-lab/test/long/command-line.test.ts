import { existsSync, readFileSync } from 'node:fs'
import bcrypt from 'bcrypt'
import { expect, it, test } from 'vitest'
import { digestHex } from '../fixtures.js'
import { LabFolder, type Outcome, parsed } from './lab-process.js'

const { path, run, start, write } = new LabFolder()

const MD5 = digestHex('md5', 'dragon')

it.each([
  ['dance', /unknown command 'dance'[^]*See: npm run hash-lab -- --help/],
  ['hash x --cost 3', /argument '3' is invalid. It is a whole number from 4 to 16/],
  ['hash x --cost 4.5', /It is a whole number from 4 to 16/],
  ['steal --users 0', /It is a whole number from 1 to 1,000,000/],
  ['steal --scheme rot13', /Allowed choices are md5, sha1, .*argon2id/],
  ['steal --scheme md5 --cost 5', /md5 has no cost/],
  ['attack', /missing required argument 'file'/],
  ['attack absent.txt', /absent.txt does not exist/],
  ['attack . ', /cannot be read \(EISDIR\)/],
  ['attack x.txt --rules cases', /Sets are case, leet, years, suffixes/],
  ['secret abc', /no JWT/],
  ['secret eyJhbGciOiJub25lIn0.e30.abc', /signed with none, which has no secret/],
  ['rounds --from 9 --to 8', /--from 9 is above --to 8/],
  ['rounds --url ftp://x', /is no address/],
  ['rounds --url http://example.org', /not this machine/],
  ['lookup absent.txt', /does not exist/],
])('%s: one message, no stack, code 2', async (line, message) => {
  const { code, stdout, stderr } = await run(...line.trim().split(' '))
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/^ +at /m)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})

it.each([
  ['an empty table', '', /is empty/],
  ['a binary table', Buffer.from([0x61, 0x0a, 0x62, 0x00, 0x63]), /zero byte in line 2/],
  [
    'no hash in it',
    'mia:hello\n',
    /holds no hash; line 1 has no hash that the lab knows: "mia:hello"/,
  ],
])('refuses %s', async (_what, content, message) => {
  const { code, stderr } = await run('attack', write('bad.txt', content))
  expect(stderr).toMatch(message)
  expect(code).toBe(2)
})

it.each([
  ['an empty word list', '', /is empty/],
  ['a binary word list', Buffer.alloc(100), /binary/],
])('refuses %s', async (_what, content, message) => {
  const table = write('one.txt', `${MD5}\n`)
  const { code, stderr } = await run('attack', table, '--words', write('bad-words.txt', content))
  expect(stderr).toMatch(message)
  expect(code).toBe(2)
})

it('reads what can be read of mixed tables and odd word lists, and tells the rest', async () => {
  const table = write(
    'mixed.txt',
    [
      `mia:${MD5}`,
      'rubbish',
      `ada:${digestHex('sha256', 'sa', 'dragon')}:sa`,
      `eve:${bcrypt.hashSync('dragon', 4)}`,
      // Never found: an attack that has found all looks at no more words, odd ones included.
      `max:${digestHex('md5', '', 'in no list')}`,
      `zoe:${digestHex('sha256', 'sb', 'in no list')}:sb`,
      `kim:${bcrypt.hashSync('in no list', 4)}`,
    ].join('\r\n'),
  )
  const list = write('odd.txt', `${'x'.repeat(300)}\r\n\r\ndragon\r\ncaf\u00e9`)
  const { code, stdout, stderr } = await run('attack', table, '--words', list, '--json')
  const { results, problems } = parsed(stdout)
  expect(stderr).toMatch(/mixed.txt: line 2 has no hash that the lab knows: "rubbish"/)
  expect([code, problems]).toEqual([0, 1])
  expect(results.map((it) => [it.scheme, it.cracked, it.skippedWords > 0])).toEqual([
    ['md5', [{ user: 'mia', line: 1, password: 'dragon' }], true],
    ['sha256-salt', [{ user: 'ada', line: 3, password: 'dragon' }], true],
    ['bcrypt', [{ user: 'eve', line: 4, password: 'dragon' }], true],
  ])
  expect(existsSync(path('mixed.txt.attack'))).toBe(false)
})

test('steal overwrites nothing unasked, and a seed makes the same table', async () => {
  const options = ['steal', '--scheme', 'sha256-salt', '--users', '20', '--seed', '5']
  const first = await run(...options, '--out', 'a.txt', '--answers', 'answers.txt', '--json')
  expect(JSON.parse(first.stdout)).toMatchObject({ file: 'a.txt', users: 20, seed: 5 })
  const again = await run(...options, '--out', 'a.txt')
  expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/a.txt exists.*--force/)])
  await run(...options, '--out', 'b.txt')
  expect(readFileSync(path('b.txt'))).toEqual(readFileSync(path('a.txt')))
  const answers = readFileSync(path('answers.txt'), 'utf8').trim().split('\n')
  const lines = readFileSync(path('a.txt'), 'utf8').trim().split('\n')
  lines.forEach((line, i) => {
    const [user = '', digest, salt = ''] = line.split(':')
    const password = String(answers[i]).slice(user.length + 1)
    expect(digest).toBe(digestHex('sha256', salt, password))
  })
})

test('hash reads the first line of a pipe, and shows which functions repeat themselves', async () => {
  const { stdout, code } = await run('hash', '--cost', '4', '--json')
  const { results, bcrypt: parts } = parsed(stdout)
  expect(results[0]?.first).toBe(digestHex('md5', 'hunter2'))
  expect(results.map((it) => [it.scheme, it.first === it.second])).toEqual([
    ['md5', true],
    ['sha1', true],
    ['sha256', true],
    ['bcrypt', false],
    ['scrypt', false],
    ['argon2id', false],
  ])
  expect([code, parts?.cost]).toEqual([0, 4])
})

test('hash takes the bytes of a pipe and of $HEX[…] as they are', async () => {
  const bytes = Buffer.from([0x63, 0x61, 0x66, 0xe9])
  const digests = async (outcome: Promise<Outcome>): Promise<unknown> =>
    parsed((await outcome).stdout).results[0]?.first
  expect(await digests(run('hash', '$HEX[636166e9]', '--cost', '4', '--json'))).toBe(
    digestHex('md5', bytes),
  )
  const { child, outcome } = start(
    ['hash', '--cost', '4', '--json'],
    Buffer.concat([bytes, Buffer.from('\r\nx')]),
  )
  expect([await digests(outcome), child.exitCode]).toEqual([digestHex('md5', bytes), 0])
})

test('a table and a word list drive no terminal, and JSON has them as they are', async () => {
  const [name, password] = [
    '\u001b]0;owned\u0007\u009b2J\u202emia\r\b',
    'a\u009b\u202eb\r\u001b[2J',
  ]
  const table = write('evil.txt', `${name}:${digestHex('md5', password)}\n\u001b[2Jrubbish\u202e\n`)
  const list = write('evil-words.txt', `${password}\n`)
  const shown = await run('attack', table, '--words', list, '--no-log')
  const control = /(?!\n)[\p{Cc}\p{Bidi_Control}]/u
  expect(`${shown.stdout}${shown.stderr}`).not.toMatch(control)
  expect(shown.stdout).toContain('\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}mia\\u{d}\\u{8}')
  expect(shown.stdout).toContain(`$HEX[${Buffer.from(password).toString('hex')}]`)
  expect(shown.stderr).toMatch(
    /line 2 has no hash that the lab knows: "\\u\{1b\}\[2Jrubbish\\u\{202e\}"/,
  )
  const { stdout } = await run('attack', table, '--words', list, '--no-log', '--json')
  expect(stdout).not.toMatch(control)
  expect(parsed(stdout).results[0]?.cracked).toEqual([{ user: name, line: 1, password }])
})

test('truncation: bcrypt takes one token for the other', async () => {
  const [tokens, long, short] = JSON.parse((await run('truncation', '--json')).stdout)
  expect([tokens.bcrypt, long.bcrypt, short.bcrypt]).toEqual([true, true, false])
  expect([tokens.bcryptOfSha256, tokens.sha256, long.refusingLonger]).toEqual([false, false, false])
})

test('secret: a tutorial’s falls, 32 random bytes do not', async () => {
  const [tutorial, random] = JSON.parse((await run('secret', '--json')).stdout)
  expect(tutorial.secret).toBe('secret')
  expect([random.secret, random.fraction]).toEqual([undefined, 1])
})

test('lookup finds unsalted hashes and no salted ones', async () => {
  const { broken } = JSON.parse((await run('lookup', '--rainbow', '3', '--json')).stdout)
  expect(broken[0].found).toBeGreaterThan(300)
  expect(broken[1]).toMatchObject({ table: 'md5-salt', users: 1000, found: 0 })
})

it.each(['hash', 'steal', 'attack', 'lookup', 'salt', 'rounds', 'secret', 'truncation', 'bench'])(
  '%s --help shows how to call it, with examples',
  async (command) => {
    const { code, stdout } = await run(command, '--help')
    expect(stdout).toMatch(`Usage: npm run hash-lab -- ${command}`)
    expect(stdout).toMatch(/Examples:\n {2}npm run hash-lab -- /)
    expect(code).toBe(0)
  },
)
