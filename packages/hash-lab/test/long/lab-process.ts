import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The lab's command line, in a folder of its own that goes with the tests of a file. */
export class LabFolder {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hash-lab-'))

  constructor() {
    afterAll(() => rmSync(this.#folder, { recursive: true, force: true }))
  }

  start = (
    args: readonly string[],
    input: string | Buffer = 'hunter2\r\nand more\n',
  ): { child: ChildProcess; outcome: Promise<Outcome> } => {
    const options = { cwd: this.#folder, env: { PATH: process.env['PATH'] } }
    const child = spawn(process.execPath, [main, ...args], { ...options, stdio: 'pipe' })
    child.stdin.end(input)
    const texts = { stdout: '', stderr: '' }
    child.stdout.on('data', (text) => (texts.stdout += text))
    child.stderr.on('data', (text) => (texts.stderr += text))
    const outcome = new Promise<Outcome>((resolve) =>
      child.on('close', (code) => resolve({ code, ...texts })),
    )
    return { child, outcome }
  }

  run = async (...args: string[]): Promise<Outcome> => this.start(args).outcome

  path = (name: string): string => join(this.#folder, name)

  write = (name: string, text: string | Buffer): string => {
    writeFileSync(this.path(name), text)
    return name
  }
}

export interface Printed {
  readonly problems: number
  readonly bcrypt?: { readonly cost: number }
  readonly results: readonly {
    readonly scheme: string
    readonly first: string
    readonly second: string
    readonly skippedWords: number
    readonly cracked: readonly { readonly password: string }[]
  }[]
}

export function parsed(stdout: string): Printed {
  return JSON.parse(stdout) as Printed
}
