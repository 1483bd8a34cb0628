import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { mistakes } from './mistakes.js'

const main = fileURLToPath(new URL('../../dist/contract/faulty-server/main.js', import.meta.url))

type Program = ChildProcessByStdio<null, Readable, Readable>

function start(...args: string[]): Program {
  const stdio = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe']
  const program = spawn(process.execPath, [main, ...args], { stdio })
  onTestFinished(() => void program.kill())
  return program
}

async function outcome(program: Program): Promise<{ code: number; out: string; err: string }> {
  const [out, err, [code]] = await Promise.all([
    program.stdout.toArray(),
    program.stderr.toArray(),
    once(program, 'exit'),
  ])
  return { code, out: out.join(''), err: err.join('') }
}

/** What matches in the program's output, as soon as it is there: it comes in pieces. */
async function printed({ stdout }: Program, pattern: RegExp): Promise<string> {
  let text = ''
  return new Promise((resolve) => {
    stdout.on('data', (chunk) => {
      text += String(chunk)
      const [match] = pattern.exec(text) ?? []
      if (match !== undefined) resolve(match)
    })
  })
}

const run = async (...args: string[]) => outcome(start(...args))

test('--list shows every mistake and what it does', async () => {
  const { code, out } = await run('--list')
  expect(code).toBe(0)
  const text = out.replaceAll(/\s+/g, ' ')
  for (const { id, goesWrong } of mistakes) {
    expect(out).toMatch(new RegExp(`^${id} `, 'm'))
    expect(text).toContain(goesWrong)
  }
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
})

test('--exploit shows what comes of a mistake, with it and without', async () => {
  const { code, out, err } = await run('--exploit', 'split-colon', 'endless-token')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toBe(`split-colon: register with a colon in the password, then log in
  with it     401
  without it  200
endless-token: look for the expiry in both tokens, and ask the server for it
  with it     for ever, for ever, never expires
  without it  300, 3600, expires
`)
})

test('--each says where each mistake is', async () => {
  const program = start('--port', '0', '--each')
  const ended = outcome(program)
  const url = await printed(program, /http:\/\/127\.0\.0\.1:\d+\/quick-no/)
  expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  program.kill('SIGTERM')
  const { code, out } = await ended
  expect(code).toBe(0)
  for (const { id } of mistakes) expect(out).toContain(`/${id}\n`)
})

test.each([
  [
    ['--with', 'quick-no,typo'],
    /There is no mistake "typo"\. There are: unawaited-compare, .*endless/,
  ],
  [['--exploit', '--each'], /'--exploit \[ids\.\.\.\]' cannot be used with option '--each'/],
  [['--port', '70000'], /A port is a number from 0 to 65535/],
  [['--colour'], /unknown option '--colour'/],
])('%j: one line, code 2', async (args, message) => {
  const { code, out, err } = await run(...args)
  expect(err).toMatch(message)
  expect(err.trim().split('\n')).toHaveLength(1)
  expect({ code, out }).toEqual({ code: 2, out: '' })
})

test('a port in use: one line, code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, err } = await run('--port', String(port))
  expect({ code, err }).toEqual({
    code: 1,
    err: `Port ${port} is in use. Choose another one with --port.\n`,
  })
  other.close()
})

test('it says where it is, makes what was asked for, and Ctrl-C ends it', async () => {
  const ids = ['--with', 'quick-no', 'split-colon', '--with', 'cut-password,quick-no']
  const program = start('--port', '0', ...ids)
  const ended = outcome(program)
  const url = await printed(program, /http:\/\/127\.0\.0\.1:\d+(?=\n| )/)
  expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  program.kill('SIGINT')
  const { code, out, err } = await ended
  expect(out).toContain('makes: quick-no, split-colon, cut-password\n')
  expect(out).toContain(`npm run contract -- --url ${url} --credential bearer\n`)
  expect({ code, err }).toEqual({ code: 0, err: '' })
})
