import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex, utf8 } from '../bytes.js'
import { CandidateSource, guessBytes } from '../candidates.js'
import { HashLabError } from '../hash-lab-error.js'
import type { HashString } from '../hash-string.js'
import type { Rule } from '../mangling-rules.js'
import { SCHEME_TRAITS, type Scheme } from '../scheme.js'
import { crackerEnvironment } from './cracker-environment.js'
import type { WordList } from './word-list.js'
import { WordReader } from './word-range.js'

/** A program that cracks, and how it is told what to do. */
interface Cracker {
  readonly program: string
  /** Undefined where it does not know the scheme. */
  readonly args: (scheme: Scheme, files: CrackerFiles) => string[] | undefined
  /** As it wants a hash to be written. */
  readonly hashText: (hash: HashString) => string
  /** A line of the table that it gets. */
  readonly line: (text: string, target: number) => string
  /** What it found, by number of the target. */
  readonly found: (search: Search) => Map<number, Uint8Array>
  /** Exit codes that are no failure: some of them say that not all were found. */
  readonly fine: readonly number[]
}

interface CrackerFiles {
  readonly home: string
  readonly hashes: string
}

export const CRACKER_NAMES = ['john', 'hashcat'] as const
export type CrackerName = (typeof CRACKER_NAMES)[number]

const CRACKERS: Readonly<Record<CrackerName, Cracker>> = {
  john: {
    program: 'john',
    args: (scheme, { home, hashes }) => {
      const { johnFormat } = SCHEME_TRAITS[scheme]
      const session = `--session=${join(home, 'session')}`
      return johnFormat === undefined
        ? undefined
        : [`--format=${johnFormat}`, session, '--stdin', hashes]
    },
    hashText: ({ text, scheme, salt, digest }) =>
      salt && digest && !text.startsWith('$')
        ? `$${SCHEME_TRAITS[scheme].johnFormat}$${Buffer.from(digest).toString('hex')}$${Buffer.from(salt).toString()}`
        : text,
    line: (text, target) => `t${target}:${text}`,
    found: askJohn,
    fine: [0],
  },
  hashcat: {
    program: 'hashcat',
    args: (scheme, { home, hashes }) => {
      const { hashcatMode } = SCHEME_TRAITS[scheme]
      const pot = `--potfile-path=${join(home, 'pot')}`
      const mode = ['-a', '0', '-m', String(hashcatMode), '--force', '--quiet', pot]
      return hashcatMode === undefined
        ? undefined
        : [...mode, '--session', `lab${process.pid}`, hashes]
    },
    hashText: ({ text, salt, digest }) =>
      salt && digest
        ? `${Buffer.from(digest).toString('hex')}:${Buffer.from(salt).toString()}`
        : text,
    line: (text) => text,
    found: ({ files, texts }) => readPot(join(files.home, 'pot'), texts),
    fine: [0, 1],
  },
}

export interface CrackerRequest {
  readonly targets: readonly HashString[]
  readonly rules: readonly Rule[]
  readonly list: WordList
  readonly cores: number
  /** Where programs are looked for. */
  readonly path: string
  readonly signal?: AbortSignal
}

export interface CrackerOutcome {
  readonly found: ReadonlyMap<number, Uint8Array>
  readonly seconds: number
  readonly isStopped: boolean
}

/**
 * Lets another program try the same guesses, which it reads from a pipe, and reads back what it found.
 *
 * @throws {HashLabError} when it is not there, does not know the scheme, or fails
 */
export async function runCracker(
  name: CrackerName,
  request: CrackerRequest,
): Promise<CrackerOutcome> {
  const cracker = CRACKERS[name]
  const home = mkdtempSync(join(tmpdir(), `hash-lab-${name}-`))
  const files = { home, hashes: join(home, 'hashes.txt') }
  const texts = request.targets.map(cracker.hashText)
  const startedAt = performance.now()
  try {
    writeFileSync(files.hashes, `${[...new Set(texts.map(cracker.line))].join('\n')}\n`, {
      mode: 0o600,
    })
    await run(name, cracker, files, request)
    return {
      found: cracker.found({ files, texts, request }),
      seconds: (performance.now() - startedAt) / 1000,
      isStopped: request.signal?.aborted ?? false,
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function run(
  name: CrackerName,
  { program, args, fine }: Cracker,
  files: CrackerFiles,
  { targets, rules, list, cores, path, signal }: CrackerRequest,
): Promise<void> {
  const scheme = targets[0]?.scheme ?? 'md5'
  const options = args(scheme, files)
  if (!options) throw new HashLabError(`${name} has no mode for ${scheme}.`)
  const env = crackerEnvironment(path, files.home, cores)
  const child = spawn(program, options, { env, cwd: files.home, stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding('utf8')
      .on('data', (text: string) => (output = (output + text).slice(-4_000)))
  }
  // It may have cracked everything, and left, before the list is over.
  child.stdin.on('error', () => undefined)
  const stop = (): void => void child.kill('SIGINT')
  signal?.addEventListener('abort', stop, { once: true })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    throw new HashLabError(
      `${name} cannot be started (${error.code}). On Debian: apt-get install ${name}` +
        (name === 'hashcat' ? ' pocl-opencl-icd ocl-icd-libopencl1' : ''),
    )
  })
  const [code] = await Promise.all([ended, feed(child.stdin, list, rules, signal)])
  signal?.removeEventListener('abort', stop)
  if (!fine.includes(code ?? 0) && !signal?.aborted) {
    throw new HashLabError(`${name} failed with code ${code}:\n${lastLines(output)}`, 1)
  }
}

const NEWLINE = utf8('\n')
const PART_BYTES = 64 * 1024

async function feed(
  input: NodeJS.WritableStream,
  list: WordList,
  rules: readonly Rule[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = new CandidateSource(rules)
  const reader = new WordReader(list)
  for (let from = 0; from < list.bytes && input.writable; from += PART_BYTES) {
    if (signal?.aborted) break
    const guesses: Uint8Array[] = []
    for (const lines of reader.lines(from, from + PART_BYTES)) {
      source.visit(lines, (...place) => {
        guesses.push(guessBytes(...place), NEWLINE)
        return true
      })
    }
    if (!input.write(Buffer.concat(guesses))) await drained(input)
  }
  reader.close()
  input.end()
}

function drained(input: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => resolve()
    input.once('drain', done).once('close', done).once('error', done)
  })
}

/** Where a cracker's results are looked for. */
interface Search {
  readonly files: CrackerFiles
  readonly texts: readonly string[]
  readonly request: CrackerRequest
}

/** John keeps what it found in the account's own folder, wherever its build has that, and shows it. */
function askJohn({ files, request: { targets, path, cores } }: Search): Map<number, Uint8Array> {
  const format = `--format=${SCHEME_TRAITS[targets[0]?.scheme ?? 'bcrypt'].johnFormat}`
  const env = crackerEnvironment(path, files.home, cores)
  const { stdout } = spawnSync(CRACKERS.john.program, ['--show', format, files.hashes], {
    env,
    encoding: 'latin1',
  })
  return new Map(
    [...stdout.matchAll(/^t(\d+):(.*)$/gm)].map(([, target, password = '']) => [
      Number(target),
      Buffer.from(password, 'latin1'),
    ]),
  )
}

function readPot(file: string, texts: readonly string[]): Map<number, Uint8Array> {
  const passwords = new Map<string, Uint8Array>()
  const known = new Set(texts)
  for (const line of potLines(file)) {
    // Salts and some hashes hold colons too: the hash is the longest beginning that is one of ours.
    for (let colon = line.lastIndexOf(':'); colon > 0; colon = line.lastIndexOf(':', colon - 1)) {
      if (known.has(line.slice(0, colon))) {
        passwords.set(line.slice(0, colon), potPassword(line.slice(colon + 1)))
        break
      }
    }
  }
  return new Map(
    texts.flatMap((text, target) => {
      const password = passwords.get(text)
      return password ? [[target, password] as const] : []
    }),
  )
}

function potLines(file: string): string[] {
  try {
    return readFileSync(file, 'latin1').split('\n')
  } catch {
    return []
  }
}

function potPassword(text: string): Uint8Array {
  const [, digits] = /^\$HEX\[([0-9a-f]*)\]$/i.exec(text) ?? []
  return digits === undefined ? Buffer.from(text, 'latin1') : fromHex(digits)
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-6).join('\n')
}
