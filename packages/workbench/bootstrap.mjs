// Runs before anything is installed: plain Node.js, nothing but its own modules.
// Installs what is missing, builds what has changed, then hands over to the command.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isSiteCurrent, stampSite } from './site-stamp.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const inRoot = (...names) => path.join(root, ...names)
const stampFile = inRoot('node_modules', '.workbench-installed')
// Standard output belongs to the command: `doctor --json` must give JSON and nothing else.
const say = (text) => process.stderr.write(`${text}\n`)

/** Of what a tool printed before it failed: the reason is at the end. */
const SHOWN_LINES = 30
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']
const PARENT_LOOK_MS = 300
const TOOL_ENDS_WITHIN_MS = 5_000
/** The tool begins when the watch knows it, and never if this process dies before that. */
const TOOL_START = 'read -r go <&3 || exit 1; exec 3<&-; exec "$0" "$@"'
const NOT_FOUND = 127
const DISK_FULL =
  'The disk is full. Free some space and try again: an installation needs about 700 MB, a first start 300 MB more.'

/**
 * A shell script that ends a process group when this process dies, even by SIGKILL: the kernel then closes the
 * pipe that `read` waits on.
 */
const TOOL_WATCH = `
read -r group || exit 0
read -r told && exit 0
kill -TERM -"$group"
tries=50
while kill -0 -"$group" && [ $tries -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
kill -KILL -"$group"
`

/** A message for a person instead of a stack. */
class BootstrapError extends Error {
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

const workbench = ['packages/workbench', 'dist/main.js']

/** What is built and run beside the workbench's own commands: the project, and its program. */
const programs = {
  bench: ['benchmarks', 'dist/main.js'],
  'hash-lab': ['packages/hash-lab', 'dist/main.js'],
  contract: ['test/contract', '../dist/contract/main.js'],
  'faulty-server': ['test/contract', '../dist/contract/faulty-server/main.js'],
}

/** These run whatever is built. */
const isTests = (name) => /^(test(:all|:unit|:long|:containers)?|course:check)$/.test(name)

const [command = 'start', ...args] = process.argv.slice(2)

try {
  checkPlatform()
  watchParent()
  // A broken source must not keep a workbench from being stopped.
  if (command !== 'stop' || !fs.existsSync(inRoot(...workbench))) {
    await install()
    await build(command)
  }
  if (['start', 'test:all', 'test:long'].includes(command)) await buildSite()
  await handOver(command, args)
} catch (error) {
  const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT'
  if (!(error instanceof BootstrapError) && !isFull) throw error
  say(`\n${isFull ? `${DISK_FULL}\n(${error.message})` : error.message}`)
  process.exitCode = error.exitCode ?? 1
}

/**
 * Nobody could stop this process by hand after npm was killed, so it ends, too. A running command hears of it by
 * an event and ends in order. Otherwise SIGTERM ends the tool that runs now, and this process.
 */
function watchParent() {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    if (!process.emit('workbench:parent-gone')) process.kill(process.pid, 'SIGTERM')
  }, PARENT_LOOK_MS)
  timer.unref()
}

/**
 * Runs the command in this very process: Ctrl-C, signals and the exit code need no forwarding, and
 * nothing is left if this process dies.
 */
async function handOver(name, rest) {
  if (isTests(name)) {
    process.chdir(root)
    await run(inRoot('test', 'run.mjs'), [name, ...rest])
  } else if (Object.hasOwn(programs, name)) await run(inRoot(...programs[name]), rest)
  else await run(inRoot(...workbench), [name, ...rest])
}

async function run(file, rest) {
  process.argv = [process.argv[0], file, ...rest]
  await import(pathToFileURL(file).href)
}

function checkPlatform() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `The workbench needs Node.js 20.19 or newer; this is ${process.version}.\n` +
        'Get a newer one from https://nodejs.org or from a version manager, then try again.',
    )
  }
  if (process.platform === 'win32') {
    fail('The workbench runs on Linux and macOS. On Windows, use WSL 2 and try again there.')
  }
}

async function install() {
  const stamp = installStamp()
  if (readOrNothing(stampFile) === stamp) return
  checkWritable()
  const pnpm = JSON.parse(fs.readFileSync(inRoot('package.json'), 'utf8')).packageManager
  const first = !fs.existsSync(inRoot('node_modules'))
  const result = await runWithProgress(
    `Installing packages with ${pnpm.replace('@', ' ')}${first ? ', the first time' : ''}`,
    'npx',
    ['--yes', pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'],
    installEnvironment(),
  )
  if (result.failed)
    fail(`${result.output}\n\nThe packages could not be installed.${adviceFor(result)}`)
  fs.writeFileSync(stampFile, stamp)
}

/** What an installation depends on: the same text, the same node_modules. */
function installStamp() {
  const lock = fs.readFileSync(inRoot('pnpm-lock.yaml'))
  const hash = createHash('sha256').update(lock).digest('hex')
  return `${hash} node ${process.version} ${process.platform} ${process.arch}\n`
}

function checkWritable() {
  const folder = fs.existsSync(inRoot('node_modules')) ? inRoot('node_modules') : root
  if (isWritable(folder)) return
  fail(
    `The packages must be installed, and nothing can be written to ${folder}.\n` +
      'Run this as the owner of that folder, or make a clone of your own.',
  )
}

/**
 * npm and pnpm keep caches in the home folder. Where that cannot be written (a container, a service
 * account), they get one below the workbench's own folder, and still read the user's settings.
 */
function installEnvironment() {
  // Without a network, the wait before npm says so is short; by default it is over a minute.
  const retries = {
    npm_config_fetch_retry_mintimeout: '2000',
    npm_config_fetch_retry_maxtimeout: '8000',
  }
  // A quiet npm would also keep the reason of a failure to itself.
  const env = { ...retries, ...process.env, CI: 'true', npm_config_loglevel: 'notice' }
  // Settings of the npm that runs this script would be taken for pnpm's own.
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle|command|node_execpath|execpath)/.test(name)) delete env[name]
  }
  // pnpm would install into these instead of here, or leave out what the build needs.
  delete env.NODE_ENV
  const home = process.env.HOME
  const cache = process.env.npm_config_cache ?? (home && path.join(home, '.npm'))
  if (!home || !canWriteBelow(home)) Object.assign(env, homeOfOurOwn(home))
  if (!cache || !canWriteBelow(cache)) env.npm_config_cache = inRoot('.workbench', 'home', '.npm')
  return env
}

function homeOfOurOwn(home) {
  const own = inRoot('.workbench', 'home')
  fs.mkdirSync(own, { recursive: true })
  const settings = process.env.npm_config_userconfig ?? (home && path.join(home, '.npmrc'))
  const readable = settings && readOrNothing(settings) !== ''
  const variables = { HOME: own, ...(readable ? { npm_config_userconfig: settings } : {}) }
  for (const name of ['XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'XDG_CONFIG_HOME']) {
    if (process.env[name]) variables[name] = own
  }
  return variables
}

async function build(name) {
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc')
  const all = [workbench, ...Object.values(programs)]
  const wanted = isTests(name) ? all : [Object.hasOwn(programs, name) ? programs[name] : workbench]
  const title = wanted.every((it) => fs.existsSync(inRoot(...it))) ? undefined : 'Building'
  const tscArgs = [tsc, '-b', ...new Set(wanted.map(([project]) => inRoot(project)))]
  const result = await runWithProgress(title, process.execPath, tscArgs, process.env)
  if (!result.failed) return
  if (/EACCES|EROFS|permission denied|read-only/i.test(result.output)) {
    fail(
      `${result.output}\n\nThe build cannot write below ${root}. Run this as that folder's owner.`,
    )
  }
  if (isDiskFull(result.output)) fail(`${result.output}\n\n${DISK_FULL}`)
  fail(`${result.output}\n\nThe build failed: the sources have the errors above.`)
}

/** The course and the lab, built anew when a page, a component or a package that they use has changed. */
async function buildSite() {
  if (isSiteCurrent(root, installStamp())) return
  const startedAt = Date.now()
  const docs = inRoot('docs')
  const vitepress = inRoot('docs', 'node_modules', 'vitepress', 'bin', 'vitepress.js')
  const result = await runWithProgress(
    'Building the site',
    process.execPath,
    [vitepress, 'build', docs],
    process.env,
  )
  if (isDiskFull(result.output)) fail(`${result.output}\n\n${DISK_FULL}`)
  if (result.failed) fail(`${result.output}\n\nThe site could not be built: see above.`)
  stampSite(root, installStamp(), startedAt)
}

/** Runs a tool; shows how long it has been at it, and gives back what it printed. */
async function runWithProgress(title, program, programArgs, env) {
  const startedAt = Date.now()
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(0)
  let output = ''
  let interrupted = false
  const live = title && process.stderr.isTTY
  if (title && !live) say(`${title} …`)
  const show = () =>
    process.stderr.write(
      `\r\x1b[K${`${title} … ${seconds()} s  ${lastLine(output)}`.slice(0, columns())}`,
    )
  const timer = live ? setInterval(show, 250) : undefined
  const { code, error } = await new Promise((resolve) => {
    let tool
    // SIGINT would not reach a background job of a shell, which ignores it.
    const forward = () => {
      interrupted = true
      signalGroup(tool?.pid, 'SIGTERM')
      setTimeout(() => signalGroup(tool?.pid, 'SIGKILL'), TOOL_ENDS_WITHIN_MS).unref()
    }
    // Both before there is a tool, so that nothing can end this process alone.
    stopSignals.forEach((signal) => process.on(signal, forward))
    const watch = startToolWatch()
    tool = spawn('/bin/sh', ['-c', TOOL_START, program, ...programArgs], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // The leader of a new group, so that a signal also reaches the children of the tool.
      detached: true,
    })
    watch.write(`${tool.pid}\n`)
    tool.stdio[3].on('error', () => undefined).end('go\n')
    const settle = (outcome) => {
      stopSignals.forEach((signal) => process.off(signal, forward))
      watch.end('done\n')
      resolve(outcome)
    }
    for (const stream of [tool.stdout, tool.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text))
    }
    tool.on('error', (cause) => settle({ code: 1, error: cause }))
    tool.on('close', (exitCode, signal) => settle({ code: signal ?? exitCode }))
  })
  clearInterval(timer)
  if (live) process.stderr.write('\r\x1b[K')
  if (interrupted) fail('Interrupted; the next time goes on from here.', 130)
  if (title && code === 0) say(`${title}: done in ${seconds()} s`)
  const shown = [
    ...(error ? [error.message] : []),
    ...output.trim().split('\n').slice(-SHOWN_LINES),
  ]
  return { failed: code !== 0, code, output: shown.join('\n') }
}

/** Makes sure that a tool does not outlive this process. Write its pid, and at its end another line. */
function startToolWatch() {
  const shell = spawn('/bin/sh', ['-c', TOOL_WATCH], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  shell.unref()
  return shell.stdin
}

function signalGroup(pid, signal) {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

function adviceFor({ code, output }) {
  if (code === NOT_FOUND) {
    return '\nThere is no "npx" in the PATH; it comes with npm, which comes with Node.js.'
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(
      output,
    )
  ) {
    return (
      '\nThe package registry was not reached. Connect to the network for this one time (behind a ' +
      'proxy, set HTTPS_PROXY),\nthen try again: later starts need no network.'
    )
  }
  if (/CERT|self.signed/i.test(output)) {
    return '\nThe registry’s certificate is not trusted here: set NODE_EXTRA_CA_CERTS to your CA’s file.'
  }
  if (isDiskFull(output)) return `\n${DISK_FULL}`
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return `\nSomething could not be written. Run this as the owner of ${root}.`
  }
  return '\nThe lines above say why. To begin anew, remove node_modules and try again.'
}

function isDiskFull(output) {
  return /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i.test(output)
}

function lastLine(text) {
  return (
    text
      .trimEnd()
      .split('\n')
      .at(-1)
      ?.replace(/[^\x20-\x7e]/g, '') ?? ''
  )
}

function columns() {
  return Math.max(20, (process.stderr.columns ?? 80) - 1)
}

function canWriteBelow(folder) {
  let existing = path.resolve(folder)
  while (!fs.existsSync(existing)) existing = path.dirname(existing)
  return isWritable(existing)
}

function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

function readOrNothing(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function fail(message, exitCode = 1) {
  throw new BootstrapError(message, exitCode)
}
