import {
  type Dirent,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { acquireLock } from '../process/folder-lock.js'
import { makeUsable } from '../process/usable-folder.js'
import { ServiceError } from '../service-error.js'
import { run, runs } from './command-output.js'
import { type ProgramKind, type ServerProgram, tryProgram } from './server-program.js'

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
 * no root, nothing installed, apt's own state untouched. About 3 s, 10 MB over the network.
 * Throws `download-failed` with the last words of the tool that failed, `folder-in-use` if another
 * workbench is at it.
 */
export async function unpackProgram(kind: ProgramKind, folder: string): Promise<ServerProgram> {
  await makeFolder(folder, packageFolder(kind, folder), kind.what, async (work) =>
    download(kind, work),
  )
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
  })
  return target
}

/** Under its final name only when whole: an interrupted attempt leaves nothing to be trusted. */
async function makeFolder(
  folder: string,
  target: string,
  what: string,
  fillRoot: (work: string) => Promise<void>,
): Promise<void> {
  makeUsable(folder)
  const lock = acquireLock(`${target}.lock`, `the download of ${what}`)
  const work = `${target}.new`
  try {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 })
    await fillRoot(work)
    rmSync(target, { recursive: true, force: true })
    renameSync(join(work, 'root'), target)
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 })
    lock.release()
  }
}

function packageFolder(kind: ProgramKind, folder: string): string {
  return join(resolve(folder), kind.package.folder)
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
