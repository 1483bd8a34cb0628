import { tmpdir } from 'node:os'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findingsOfStep } from '../do-step.js'
import { parsePage } from '../page.js'
import { ShellSession } from '../shell-session.js'
import { Stage } from '../stage.js'
import { stepsOf } from '../steps.js'

let stage: Stage
let shell: ShellSession
beforeAll(async () => {
  stage = await Stage.prepare()
})
afterAll(async () => stage.remove())
beforeEach(async () => {
  shell = await ShellSession.open(tmpdir(), { PATH: process.env['PATH'] })
  return async () => shell.close()
})

/** A block and what is shown as its answer. */
const block = (words: string, text: string): string => `\`\`\`${words}\n${text}\n\`\`\`\n\n`

async function messagesOf(text: string): Promise<string[]> {
  const messages: string[] = []
  for (const step of stepsOf(parsePage('page.md', text)).steps) {
    const findings = await findingsOfStep(stage, shell, step)
    messages.push(...findings.map(({ line, message }) => `${line}: ${message}`))
  }
  return messages
}

describe('commands', () => {
  test('a variable of one block is there in the next', async () => {
    const text = block('sh', 'x=1') + block('sh', 'echo $x') + block('text answer', '1')
    expect(await messagesOf(text)).toEqual([])
  })

  test.each([
    ['that fails', block('sh', 'false'), /^1: failed: false/],
    ['that fails before another', block('sh', 'false\ntrue'), /^1: failed: false/],
    ['that is to fail, and does not', block('sh fails', 'true'), /^1: is to fail, and succeeded/],
    ['that fails in a pipe’s end', block('sh', 'true | false\ntrue'), /^1: failed/],
    ['that prints no address', block('sh server', 'echo nothing'), /^1: it printed no address/],
    ['that ends the shell', block('sh', 'exit 3'), /^1: it ended the shell/],
  ])('one %s', async (_, text, message) => {
    expect(await messagesOf(text)).toEqual([expect.stringMatching(message)])
  })

  test('a server stays while others run', async () => {
    const serve =
      "node -e \"require('http').createServer((q,r)=>r.end('up')).listen(4000,()=>console.log('http://localhost:4000'))\""
    const ask = 'curl -s http://localhost:4000/'
    const listening = serve.replace('listen(4000', 'listen(+process.env.PORT')
    const text = block('sh server', `PORT=4000 ${listening}`) + block('sh', ask)
    expect(await messagesOf(text + block('text answer', 'up'))).toEqual([])
  })
})

describe('answers', () => {
  test.each([
    ['text', 'one\ntwo', 'one\ntwo'],
    ['text', 'one two three', 'one … three'],
    ['text', 'one\ntwo\nthree\nfour', 'one\n…\nfour'],
    ['json', '{"a":[1,2]}', '{\n  "a": [1, 2]\n}'],
    ['json', '{"a":[1,2],"b":3}', '{\n…\n  "b": 3\n}'],
    ['text', 'at 2026-11-25T10:00:00.000Z, 12.5 ms', 'at 2025-01-01T00:00:00Z, 3 ms'],
    ['text', 'ada123@example.com', 'ada4711@example.com'],
    ['text', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJ…'],
    ['text', '$2b$12$KIXQGxVd6oL7o0K1Xz0u5eJ6Yz0m1bQmZ5q5n5v5w5x5y5z5a5b5c', '$2b$12$…'],
    ['text', 'id 01a21593-79d8-7109-934d-510b08b34acf', 'id 00000000-0000-0000-0000-000000000000'],
  ])('%s: “%s” is “%s”', async (format, printed, shown) => {
    const text = block('sh', `printf '%s' '${printed}'`) + block(`${format} answer`, shown)
    expect(await messagesOf(text)).toEqual([])
  })

  test.each([
    ['text', 'one\ntwo', 'one', 7],
    ['text', 'one', 'one\ntwo', 7],
    ['text', 'one\ntwo', 'one\ntoo', 7],
    ['text', 'one\ntwo\nthree', '…\nfour', 7],
    ['json', '{"status":401}', '{"status":200}', 7],
    ['text', '12 ms', '12 s', 6],
    ['text', 'invalid_credential', 'missing_credential', 6],
    ['text', '$2b$10$KIXQGxVd6oL7o0K1Xz0u5eJ6Yz0m1bQmZ5q5n5v5w5x5y5z5a5b5c', '$2b$12$…', 6],
  ])('%s: “%s” is not “%s”', async (format, printed, shown, line) => {
    const text = block('sh', `printf '%s' '${printed.replaceAll('\n', String.raw`\n`)}'`)
    const command = text.replace("'%s'", "'%b'")
    expect(await messagesOf(command + block(`${format} answer`, shown))).toEqual([
      expect.stringMatching(new RegExp(`^${line}: the answer is another one`)),
    ])
  })
})
