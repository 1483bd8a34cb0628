import { spawn } from 'node:child_process'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { paths } from '@session-vs-jwt/http-contract'
import { NoAnswer, runCommand } from '@session-vs-jwt/workbench'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { contractCommand, noAnswerFrom } from './contract-command.js'
import { startThirdServer } from './third-server/third-server.js'

const NOBODY = '00000000-0000-4000-8000-000000000000'
const EPOCH = '1970-01-01T00:00:00.000Z'

const MAIN = fileURLToPath(new URL('../dist/contract/main.js', import.meta.url))

interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The command, in this process. */
async function contract(...args: readonly string[]): Promise<Run> {
  let [out, err] = ['', '']
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void (out += `${line}\n`)),
    vi.spyOn(console, 'error').mockImplementation((line: string) => void (err += `${line}\n`)),
  ]
  const command = (): Command =>
    contractCommand().configureOutput({
      writeOut: (text) => void (out += text),
      writeErr: (text) => void (err += text),
    })
  await runCommand(command, args)
  const code = process.exitCode ?? 0
  process.exitCode = undefined
  for (const spy of spies) spy.mockRestore()
  return { code: Number(code), out, err }
}

/** The command in a process of its own, as `npm run contract --` has it. */
async function contractProcess(...args: readonly string[]): Promise<Run> {
  const program = spawn(process.execPath, [MAIN, ...args])
  let [out, err] = ['', '']
  program.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  program.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const code = await new Promise<number | null>((resolve) => program.on('close', resolve))
  return { code, out, err }
}

/** Answers `request` as the server at `url` does. */
async function forward(
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { host: _host, connection: _connection, ...headers } = request.headers
  const answer = await fetch(url + request.url, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  })
  response.writeHead(answer.status, [...answer.headers].flat()).end(await answer.text())
}

async function serverThat(answers: RequestListener): Promise<string> {
  const server = createServer(answers)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function expectNoStack({ out, err }: Run): void {
  expect(out + err).not.toMatch(/\n\s+at /)
}

describe('a server that somebody else wrote, on another framework', () => {
  let third: Awaited<ReturnType<typeof startThirdServer>>
  beforeAll(async () => {
    third = await startThirdServer({ bcryptCost: 4 })
  })
  afterAll(async () => third.stop())

  test('passes; what needs control of it is not applicable, by name', async () => {
    const run = await contractProcess('--url', third.url, '--credential', 'cookie', '--json')
    const report = JSON.parse(run.out)
    const failed = report.rows.filter((it: { result: string }) => it.result === 'failed')
    expect(failed).toEqual([])
    expect([run.code, report.ok]).toEqual([0, true])
    expect(report.summary.passed).toBeGreaterThan(100)
    const { reason } = report.rows.find((it: { id: string }) => it.id === 'strategy/afterRestart')
    expect(reason).toBe('needs control of the server: restart')
    expect(report.seen).toMatchObject({ afterLogout: 'dead-at-once', clientCanRead: false })
  })

  test('the wrong kind of credential: rows fail, and each says what to read', async () => {
    const args = ['--url', third.url, '--credential', 'bearer', '--only', 'register/logs-in']
    const run = await contract(...args)
    expect(run.code).toBe(1)
    expect(run.out).toMatch(/✗ logs-in/)
    expect(run.out).toMatch(/sent: +GET .*\/auth\/whoami/)
    expect(run.out).toMatch(/came: +401/)
    expect(run.out).toMatch(/expected: status 200/)
    expect(run.out).toContain('https://www.rfc-editor.org/rfc/rfc9110#section-15.3.2')
    expect(run.out).toMatch(/\n0 passed, 1 failed, 0 not applicable\n$/)
  })

  test('JUnit, for a CI server', async () => {
    const only = ['--only', 'health', 'strategy', 'login/wrong-password']
    const run = await contract('--url', third.url, '--credential', 'cookie', '--junit', ...only)
    expect(run.code).toBe(0)
    expect(run.out).toMatch(/^<\?xml version="1.0"/)
    expect(run.out).toMatch(
      /<testsuite name="health" tests="3" failures="0" errors="0" skipped="1"/,
    )
    expect(run.out).toMatch(
      /<skipped\/>\s*<system-out><!\[CDATA\[needs control of the server: restart/,
    )
  })

  test('held to a strategy that it does not follow', async () => {
    const args = ['--url', third.url, '--credential', 'cookie', '--only', 'strategy/afterLogout']
    const run = await contract(...args, '--strategy', 'session-cookie')
    expect(run.code).toBe(1)
    expect(run.out).toMatch(/came: +"dead-at-once"/)
    expect(run.out).toMatch(/expected: "lives-until-expiry", as session-cookie promises/)
  })
})

describe('what cannot be run ends with a line and code 2', () => {
  test.each([
    ['no url', [], 'Say which server'],
    ['no credential', ['--url', 'http://127.0.0.1:9'], 'Say which server'],
    ['no address', ['--url', 'example', '--credential', 'cookie'], 'not an address'],
    ['a query', ['--url', 'http://127.0.0.1:9/?a=b', '--credential', 'cookie'], '("?a=b")'],
    ['a fragment', ['--url', 'http://127.0.0.1:9#a', '--credential', 'cookie'], '("#a")'],
    [
      'a password',
      ['--url', 'http://a:b@127.0.0.1:9', '--credential', 'cookie'],
      'has a user name',
    ],
    [
      'rows that are all about the other kind of server',
      ['--url', 'http://127.0.0.1:9', '--credential', 'bearer', '--only', 'cookies/attributes'],
      'None of these rows applies to this server: each is about cookies.',
    ],
    ['nobody there', ['--url', 'http://127.0.0.1:9', '--credential', 'cookie'], 'No answer from'],
    [
      'an unknown host',
      ['--url', 'http://nowhere.invalid', '--credential', 'cookie'],
      'No answer from',
    ],
    [
      'a strategy of the other server',
      ['--url', 'http://127.0.0.1:9', '--credential', 'cookie', '--strategy', 'jwt-denylist'],
      'There are: session-redis',
    ],
    ['an unknown row', ['--list', '--only', 'dance'], 'no row and no section "dance"'],
    ['an unknown credential', ['--credential', 'paper'], 'Allowed choices are cookie, bearer'],
    ['an impossible timeout', ['--timeout', '0'], 'must be a number of seconds'],
    ['both formats', ['--json', '--junit'], 'cannot be used with'],
    ['a list in a format', ['--list', '--json'], 'cannot be used with'],
    ['an unknown option', ['--colour'], 'unknown option'],
  ])('%s', async (_what, args, message) => {
    const run = await contract(...args)
    expect(run.code).toBe(2)
    expect(run.err).toContain(message)
    expectNoStack(run)
  })

  test('a server that never answers', async () => {
    const url = await serverThat(() => undefined)
    const run = await contractProcess('--url', url, '--credential', 'bearer', '--timeout', '1')
    expect([run.code, run.out]).toEqual([2, ''])
    expect(run.err).toContain(`No answer from ${url} (no answer within 1 s)`)
  })
})

test('a proxy that refuses undecodable paths itself passes', async () => {
  const third = await startThirdServer({ bcryptCost: 4 })
  onTestFinished(async () => third.stop())
  const url = await serverThat(async (request, response) => {
    if (/%(00|zz|4$|E0|C0)/.test(request.url ?? '')) {
      response.writeHead(400, { 'content-type': 'text/html' }).end('<h1>400 Bad Request</h1>')
    } else {
      await forward(third.url, request, response)
    }
  })
  const only = ['devices', 'posts', 'openapi/every-answer']
  const run = await contract('--url', url, '--credential', 'cookie', '--only', ...only)
  expect(run.out).toMatch(/\n\d{2,} passed, 0 failed, \d+ not applicable\n$/)
  expect(run.code).toBe(0)
})

test.each([
  ['a server error', 500],
  ['a success', 200],
])('an undecodable path that is answered with %s fails', async (_what, status) => {
  const third = await startThirdServer({ bcryptCost: 4 })
  onTestFinished(async () => third.stop())
  const url = await serverThat(async (request, response) => {
    if (request.url?.includes('%')) response.writeHead(status).end()
    else await forward(third.url, request, response)
  })
  const only = ['posts/none-at-%00', 'devices/none-at-%00']
  const run = await contract('--url', url, '--credential', 'cookie', '--only', ...only)
  expect(run.out).toMatch(/\n0 passed, 2 failed, 0 not applicable\n$/)
})

test('a server without TLS at an https address', async () => {
  const url = (await serverThat(() => undefined)).replace('http:', 'https:')
  const run = await contract('--url', url, '--credential', 'cookie')
  expect(run.code).toBe(2)
  expect(run.err).toBe(
    `\nNo answer from ${url} (it speaks no TLS there). Is it http, and not https?\n`,
  )
})

test('a certificate that nobody vouches for: what to do about it', () => {
  const cause = Object.assign(new Error('self-signed certificate'), {
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
  const url = 'https://127.0.0.1:9'
  const silence = new NoAnswer({ method: 'GET', url, headers: {} }, cause)
  const { message, exitCode } = noAnswerFrom(url, silence)
  expect(message).toMatch(/\(self-signed certificate\)\. .* NODE_EXTRA_CA_CERTS\.$/)
  expect(exitCode).toBe(2)
})

describe('what is no such server ends with a report and code 1', () => {
  test('a server that answers everything with a page', async () => {
    const url = await serverThat((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Hello</title>')
    })
    const run = await contract('--url', url, '--credential', 'cookie')
    expect(run.code).toBe(1)
    expect(run.out).toMatch(/came: +200 <!doctype html>/)
    expect(run.out).toMatch(/\n\d+ passed, \d{2,} failed, \d+ not applicable\n$/)
    expectNoStack(run)
  })

  test('a server that stops answering half way', async () => {
    let requests = 0
    const url = await serverThat((_request, response) => {
      requests += 1
      if (requests < 8) response.writeHead(404).end()
    })
    const run = await contract('--url', url, '--credential', 'bearer', '--timeout', '2')
    expect(run.code).toBe(1)
    expect(run.out).toMatch(/no answer within 2 s/)
    expect(run.out).toMatch(/for want of what failed above/)
    expectNoStack(run)
  })

  test('a server that is well, says it, and answers nothing else', async () => {
    const url = await serverThat((request, response) => {
      if (request.url?.startsWith('/health')) response.end('{"status":"live"}')
    })
    const run = await contract('--url', url, '--credential', 'bearer', '--timeout', '2')
    expect(run.code).toBe(1)
    expect(run.out.match(/no answer within 2 s/g)).toHaveLength(10)
    expect(run.out).toMatch(/kept 10 rows waiting in vain/)
    expectNoStack(run)
  })

  test.each([
    ['pages of nobody, without an end', [], 'somebody, or no next page'],
    ['one page, for ever', [{ id: NOBODY, nickname: 'ann' }], 'nobody twice'],
  ])('%s', async (_what, users, expected) => {
    const url = await serverThat((request, response) => {
      const user = { id: NOBODY, nickname: 'ann', email: 'a@example.org', createdAt: EPOCH }
      const body = request.method === 'GET' ? { users, nextCursor: 'YWFh' } : { user }
      const status = request.method === 'GET' ? 200 : 201
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
    const run = await contract('--url', url, '--credential', 'cookie', '--only', 'users/paged')
    expect(run.code).toBe(1)
    expect(run.out).toContain(`expected: ${expected}`)
  })

  test('a server with half of the contract', async () => {
    const third = await startThirdServer({ bcryptCost: 4 })
    onTestFinished(async () => third.stop())
    const missing = [paths.devices, paths.posts, paths.rotateRefresh, paths.logoutAll]
    const url = await serverThat(async (request, response) => {
      const path = request.url ?? ''
      if (missing.some((it) => path.startsWith(it))) {
        response.writeHead(404).end()
        return
      }
      await forward(third.url, request, response)
    })
    const only = ['register/logs-in', 'login/right-password', 'devices', 'posts', 'logout']
    const args = ['--url', url, '--credential', 'cookie', '--json', '--only', ...only]
    const run = await contract(...args)
    const { rows } = JSON.parse(run.out)
    const results = Object.fromEntries(
      rows.map(({ id, result }: { id: string; result: string }) => [id, result]),
    )
    expect(run.code).toBe(1)
    expect(results).toMatchObject({
      'register/logs-in': 'passed',
      'login/right-password': 'passed',
      'logout/idempotent': 'passed',
      'logout/everywhere': 'failed',
      'devices/listed': 'failed',
      'posts/written-and-read': 'failed',
    })
    expectNoStack(run)
  })
})

test('the rows are listed with what they need', async () => {
  const { code, out } = await contract('--list', '--only', 'strategy')
  expect(code).toBe(0)
  expect(out).toMatch(/^strategy\/afterRestart: .* \[restart\]$/m)
})
