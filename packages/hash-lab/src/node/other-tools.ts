import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crackerEnvironment } from './cracker-environment.js'

/** What another program says of its own speed on this machine. */
export interface ToolSpeed {
  readonly tool: string
  readonly what: string
  /** Hashes a second; undefined where it is not installed, or says none. */
  readonly perSecond: number | undefined
}

interface Tool {
  readonly tool: string
  readonly what: string
  readonly program: string
  readonly args: readonly string[]
  readonly speed: (output: string) => number | undefined
}

const OPENSSL_BYTES = 16
const LONGEST_MS = 120_000

/** `openssl speed` hashes 16 bytes with its C code; the thousands of bytes a second are of those. */
function openssl(hash: string): Tool {
  return {
    tool: 'openssl speed',
    what: hash,
    program: 'openssl',
    args: ['speed', '-seconds', '1', '-bytes', String(OPENSSL_BYTES), hash],
    speed: (output) => {
      const [, thousands] = /([\d.]+)k\s*$/.exec(output.trimEnd()) ?? []
      return thousands === undefined ? undefined : (Number(thousands) * 1000) / OPENSSL_BYTES
    },
  }
}

function hashcat(what: string, mode: number): Tool {
  return {
    tool: 'hashcat -b',
    what,
    program: 'hashcat',
    args: ['-b', '-m', String(mode), '--machine-readable', '--quiet', '--force'],
    // device:mode:…:…:ms:hashes a second
    speed: (output) => {
      const line = output.split('\n').find((it) => /^\d+:\d+:/.test(it))
      return line === undefined ? undefined : Number(line.trim().split(':').at(-1))
    },
  }
}

const TOOLS: readonly Tool[] = [
  openssl('md5'),
  openssl('sha1'),
  openssl('sha256'),
  {
    tool: 'john --test',
    what: 'bcrypt, cost 5',
    program: 'john',
    args: ['--test=2', '--format=bcrypt'],
    speed: (output) => {
      const [, real] = /([\d.]+K?) c\/s real/.exec(output) ?? []
      return real === undefined
        ? undefined
        : Number(real.replace('K', '')) * (real.endsWith('K') ? 1000 : 1)
    },
  },
  hashcat('md5', 0),
  hashcat('bcrypt, cost 5', 3200),
]

/** `path`: where the programs are looked for. */
export async function measureOtherTools(path: string): Promise<ToolSpeed[]> {
  // Both crackers write into the home folder.
  const home = mkdtempSync(join(tmpdir(), 'hash-lab-bench-'))
  const speeds: ToolSpeed[] = []
  for (const { tool, what, program, args, speed } of TOOLS) {
    const output = await outputOf(program, args, crackerEnvironment(path, home))
    speeds.push({ tool, what, perSecond: output === undefined ? undefined : speed(output) })
  }
  rmSync(home, { recursive: true, force: true })
  return speeds
}

function outputOf(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: LONGEST_MS }, (error, stdout) =>
      resolve((error as NodeJS.ErrnoException | null)?.code === 'ENOENT' ? undefined : stdout),
    )
  })
}
