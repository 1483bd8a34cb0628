import { spawn } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { digestHex } from '../fixtures.js'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hash-lab-memory-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MILLION = 1_000_000
const LINES_AT_ONCE = 100_000
const MEBIBYTE = 2 ** 20

function writeWords(name: string, lines: number): string {
  const file = openSync(join(folder, name), 'w')
  for (let from = 0; from < lines; from += LINES_AT_ONCE) {
    writeSync(file, Array.from({ length: LINES_AT_ONCE }, (_, i) => `w${from + i}\n`).join(''))
  }
  closeSync(file)
  return name
}

/** The most memory that an attack took, in bytes, and what it found. */
async function peak(words: string): Promise<{ bytes: number; passwords: string[] }> {
  const args = [main, 'attack', 'table.txt', '--words', words, '--no-log', '--json']
  const child = spawn(process.execPath, args, {
    cwd: folder,
    // Under npm, paths are those of where it was called.
    env: { ...process.env, INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  let most = 0
  const timer = setInterval(() => (most = Math.max(most, peakOf(child.pid))), 20)
  await new Promise((resolve) => child.on('close', resolve))
  clearInterval(timer)
  const { results } = JSON.parse(output) as {
    results: { cracked: { password: string }[] }[]
  }
  const passwords = results.flatMap(({ cracked }) => cracked.map(({ password }) => password))
  return { bytes: most, passwords }
}

/** Linux keeps the highest resident size of a process. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kibibytes ?? 0) * 1024
  } catch {
    return 0
  }
}

test.skipIf(process.platform !== 'linux')(
  'a list of 100 million lines takes no more memory than one of a million',
  async () => {
    writeFileSync(
      join(folder, 'table.txt'),
      `${digestHex('md5', `w${100 * MILLION - 1}`)}\n${digestHex('md5', 'none')}\n`,
    )
    const small = await peak(writeWords('small.txt', MILLION))
    const large = await peak(writeWords('large.txt', 100 * MILLION))
    expect(small.passwords).toEqual([])
    expect(large.passwords).toEqual([`w${100 * MILLION - 1}`])
    expect(large.bytes).toBeLessThan(small.bytes + 48 * MEBIBYTE)
  },
  400_000,
)
