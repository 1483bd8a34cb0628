import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a block of commands did. */
export interface Outcome {
  /** Standard output and errors, as a terminal shows them. */
  readonly output: string
  /** Of the last command. */
  readonly code: number
  /** The first command that failed. */
  readonly failed: string | undefined
}

/** Only what hangs takes longer, on the busiest machine too. */
const RUN_WITHIN_MS = 240_000
const SPEAK_WITHIN_MS = 240_000

/** One bash for a whole chapter: variables and files of a block are there in the next one. */
export class ShellSession {
  readonly #bash: ChildProcessByStdio<Writable, Readable, null>
  readonly #logs: string
  readonly #servers: number[] = []
  #heard = ''

  private constructor(bash: ChildProcessByStdio<Writable, Readable, null>, logs: string) {
    this.#bash = bash
    this.#logs = logs
    bash.stdout.setEncoding('utf8').on('data', (text: string) => (this.#heard += text))
    bash.stdin.on('error', () => {})
    bash.stdin.write('exec 2>&1\n')
  }

  static async open(folder: string, env: NodeJS.ProcessEnv): Promise<ShellSession> {
    const logs = await mkdtemp(join(tmpdir(), 'session-vs-jwt-servers-'))
    const bash = spawn('bash', ['--noprofile', '--norc'], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    await once(bash, 'spawn')
    return new ShellSession(bash, logs)
  }

  /** @throws Error if the commands do not end, or end the shell */
  async run(commands: string): Promise<Outcome> {
    const end = `end-${randomUUID()}`
    const trap = `__code=$?; [ -n "$__failed" ] || __failed="$BASH_COMMAND"`
    const said = await this.#ask(
      `__failed=; trap '${trap}' ERR
{ eval ${quoted(commands)}; } </dev/null
__code=$?; trap - ERR; printf '\\n%s %d %s\\n' ${end} $__code "\${__failed//$'\\n'/ }"`,
      new RegExp(`\\n${end} (\\d+) (.*)\\n`),
    )
    const [, code, failed] = said.match
    return { output: said.before, code: Number(code), failed: failed || undefined }
  }

  /** Starts what stays, and waits until it has printed its address. */
  async serve(command: string): Promise<void> {
    const log = join(this.#logs, String(this.#servers.length))
    const end = `end-${randomUUID()}`
    // With job control on, the job has a process group of its own, by which it can be stopped.
    const said = await this.#ask(
      `set -m; { eval ${quoted(command)}; } >${log} 2>&1 </dev/null &
set +m; printf '\\n%s %d\\n' ${end} $!`,
      new RegExp(`\\n${end} (\\d+)\\n`),
    )
    const pid = Number(said.match[1])
    this.#servers.push(pid)
    const endsAt = Date.now() + SPEAK_WITHIN_MS
    for (;;) {
      // The shell may not have made it yet.
      const text = await readFile(log, 'utf8').catch(() => '')
      if (/https?:\/\/[\w.]+:\d+/.test(text)) return
      if (Date.now() > endsAt || !isRunning(pid)) throw new Error(`it printed no address:\n${text}`)
      await sleep(50)
    }
  }

  async close(): Promise<void> {
    for (const pid of this.#servers) killGroup(pid)
    if (this.#bash.pid !== undefined) killGroup(this.#bash.pid)
    await rm(this.#logs, { recursive: true, force: true })
  }

  async #ask(script: string, end: RegExp): Promise<{ before: string; match: RegExpExecArray }> {
    this.#heard = ''
    this.#bash.stdin.write(`${script}\n`)
    const endsAt = Date.now() + RUN_WITHIN_MS
    for (;;) {
      const match = end.exec(this.#heard)
      if (match) return { before: this.#heard.slice(0, match.index), match }
      if (this.#bash.exitCode !== null) throw new Error(`it ended the shell:\n${this.#heard}`)
      if (Date.now() > endsAt) throw new Error(`it does not end:\n${this.#heard}`)
      await sleep(10)
    }
  }
}

/** As one word of a shell (POSIX, 2.2.2). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
