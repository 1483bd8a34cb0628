import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { repositoryFolder } from '../folders.js'
import { WorkbenchError } from '../workbench-error.js'

/** Of what Compose printed before it failed: the reason is at the end. */
const SHOWN_LINES = 6

const GRACE_MS = 3_000

export interface ComposeRun {
  /** Arguments before the subcommand, such as a profile. */
  readonly options?: readonly string[]
  readonly signal?: AbortSignal
  /** Told each line as Compose prints it. */
  readonly onLine?: (line: string) => void
}

/**
 * Whether there is a Docker client with the Compose plugin; asks no engine. A client without the plugin takes the
 * options for its own, and prints its help.
 *
 * @throws {WorkbenchError} that says what to install
 */
export async function checkCompose(): Promise<void> {
  const child = spawn('docker', ['compose', 'version'], { stdio: 'ignore' })
  const [code] = await once(child, 'close').catch(doesNotStart)
  if (code === 0) return
  throw new WorkbenchError(
    'This Docker has no Compose. Install its plugin (docker-compose-plugin, or docker-compose v2); ' +
      '"npm start" needs neither.',
  )
}

/**
 * Runs `docker compose` on the docker-compose.yml of this clone, and returns what it printed.
 *
 * @throws {WorkbenchError} with the end of what it printed, if it fails
 */
export async function compose(args: readonly string[], run: ComposeRun = {}): Promise<string> {
  const { options = [], signal, onLine } = run
  signal?.throwIfAborted()
  // In a session of its own: Ctrl-C is for us, and ends it through the signal.
  const child = spawn('docker', ['compose', ...options, ...args], {
    cwd: repositoryFolder,
    detached: true,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const abort = (): void => end(child)
  signal?.addEventListener('abort', abort, { once: true })
  const output = collect(child, onLine)
  const [code] = await once(child, 'close').catch(doesNotStart)
  signal?.removeEventListener('abort', abort)
  signal?.throwIfAborted()
  if (code === 0) return output()
  throw new WorkbenchError(explain(output()))
}

/** The user's, without the variables that would choose another file or more profiles. */
function environment(): NodeJS.ProcessEnv {
  const { COMPOSE_FILE: _file, COMPOSE_PROFILES: _profiles, ...kept } = process.env
  return kept
}

/**
 * Docker's client runs Compose as a process of its own, and does not pass on a signal that comes while
 * that starts. So it goes to both, and does not stay a request.
 */
function end(child: ChildProcess): void {
  signalGroup(child, 'SIGINT')
  const timer = setTimeout(signalGroup, GRACE_MS, child, 'SIGKILL')
  child.once('close', () => clearTimeout(timer))
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // All of them have ended in between.
  }
}

function collect(child: ChildProcess, onLine: ComposeRun['onLine']): () => string {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      text
        .split('\n')
        .filter(Boolean)
        .forEach((line) => onLine?.(line))
    })
  }
  return () => output
}

function doesNotStart({ code, message }: NodeJS.ErrnoException): never {
  throw new WorkbenchError(
    code === 'ENOENT'
      ? 'There is no "docker" in the PATH. Install Docker with its Compose plugin; "npm start" needs neither.'
      : `"docker" does not start: ${message}.`,
  )
}

function explain(output: string): string {
  const image =
    /^.*(?:pull access denied|failed to resolve|no such host|manifest unknown|No such image).*$/im
  const [why] = image.exec(output) ?? []
  if (why) {
    return (
      `An image cannot be had: ${why.trim()}\nConnect to its registry, or name others: POSTGRES_IMAGE, ` +
      'REDIS_IMAGE, NODE_IMAGE, HAPROXY_IMAGE.'
    )
  }
  return `The containers did not start:\n${output.trim().split('\n').slice(-SHOWN_LINES).join('\n')}`
}
