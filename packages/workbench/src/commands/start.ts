import { makeUsable, whileLocked } from '@session-vs-jwt/services'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { filesIn, workbenchFolder, workbenchLock } from '../folders.js'
import { Interrupted, interruption } from '../interruption.js'
import { keepPrinting } from '../keep-printing.js'
import { type Ports, readPorts, takenPorts } from '../ports.js'
import { findRunning } from '../running-record.js'
import { JWT_ALGORITHMS, type JwtAlgorithm } from '../secrets/signing-key.js'
import { onRollingRestartSignal } from '../rolling-restart-signal.js'
import { startScreen, whatNext } from '../start-screen.js'
import { jwtStrategies, sessionStrategies, strategyById } from '../strategies.js'
import { hasFailed, runTour } from '../tour/run-tour.js'
import { tourReport } from '../tour/tour-report.js'
import { startWorkbench, type Workbench } from '../workbench.js'
import { WorkbenchError } from '../workbench-error.js'
import { newCommand } from './command.js'
import { restartAll, runUntilStopped } from './run-until-stopped.js'
import { recordedStops } from '../tour/tour-stops.js'

interface StartOptions {
  readonly session: string
  readonly jwt: string
  readonly jwtAlg: JwtAlgorithm
  readonly rememberVerified?: true
  readonly instances: number
  readonly sticky?: true
  readonly tour?: true
  readonly quiet?: true
}

export function startCommand(): Command {
  return newCommand({
    usage: 'npm start --',
    description:
      'Start PostgreSQL, Redis, both servers and the front page, until Ctrl-C.\n' +
      'Ports: WORKBENCH_PORT (3000), SESSION_PORT (3001), JWT_PORT (3002).\n' +
      'Stores: DATABASE_URL (with ?pgbouncer=true behind PgBouncer in transaction mode) and REDIS_URL, to ' +
      'use stores of your own: one Redis (redis://host:port), a ' +
      'cluster (redis+cluster://host:port,host:port) or sentinels ' +
      '(redis+sentinel://host:port,host:port/master-name). DATABASE_REPLICA_URL: reads that may lag.\n' +
      'Data, keys and logs: WORKBENCH_FOLDER (.workbench in this clone), a folder of its own.\n' +
      'Settings of the servers: BCRYPT_COST (12), LOGIN_FAILURES (10), LOGIN_WINDOW_SECONDS (900), ' +
      'SESSION_IDLE_SECONDS (1800), SESSION_ABSOLUTE_SECONDS (28800), ACCESS_TOKEN_SECONDS (300), ' +
      'REFRESH_TOKEN_SECONDS (3600), REFRESH_FAMILY_SECONDS (28800), REFRESH_POLICY (strict), ' +
      'REFRESH_GRACE_SECONDS (0), CLOCK_TOLERANCE_SECONDS (0), JWT_REMEMBER_VERIFIED (off), ' +
      'SERVER_TIMING (on), LOG_LEVEL (warn).',
    examples: [
      'npm start',
      'npm start -- --session session-cookie --jwt jwt-stateless',
      'npm start -- --jwt-alg ES256 --quiet',
      'npm start -- --remember-verified',
      'npm start -- --tour',
      'npm start -- --instances 3',
      'npm start -- --instances 3 --session session-memory --sticky',
      'SESSION_PORT=4001 npm start',
    ],
  })
    .addOption(strategyOption('session', 'session server', sessionStrategies))
    .addOption(strategyOption('jwt', 'JWT server', jwtStrategies))
    .addOption(
      new Option('--jwt-alg <algorithm>', 'how the JWT server signs tokens')
        .choices(JWT_ALGORITHMS)
        .default('HS256'),
    )
    .option(
      '--remember-verified',
      'the JWT server verifies each access token once and then only checks its times (default: verify on every request)',
    )
    .option(
      '--instances <number>',
      `how many of each server, behind a balancer, from 1 to ${MAX_INSTANCES}`,
      instanceCount,
      1,
    )
    .option('--sticky', 'the balancer keeps a browser at one session server, by a cookie')
    .option('--tour', 'take the tour, stop, and exit with its code')
    .option('-q, --quiet', 'do not print a line for each request')
    .action(start)
}

/** Each opens up to ten connections to a PostgreSQL that has 200 of them. */
const MAX_INSTANCES = 8

function instanceCount(text: string): number {
  if (/^[1-9]$/.test(text) && Number(text) <= MAX_INSTANCES) return Number(text)
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_INSTANCES}.`)
}

function strategyOption(
  name: string,
  server: string,
  strategies: readonly { readonly id: string }[],
): Option {
  const ids = strategies.map(({ id }) => id)
  return new Option(`--${name} <strategy>`, `how the ${server} keeps logins`)
    .choices(ids)
    .default(ids[0])
}

async function start(options: StartOptions): Promise<void> {
  const { instances, sticky = false } = options
  if (sticky && instances === 1) {
    throw new WorkbenchError('--sticky is about several instances: add --instances 3.', 2)
  }
  const ports = readPorts(process.env)
  keepPrinting()
  await checkNothingRuns()
  makeUsable(workbenchFolder)
  // Taken before the ports are checked, so that exactly one of two simultaneous starts continues.
  const lock = workbenchLock(workbenchFolder)
  await whileLocked(lock, 'its servers', async () => startLocked(options, ports))
}

async function startLocked(options: StartOptions, ports: Ports): Promise<void> {
  const startedAt = Date.now()
  const { instances, sticky = false, rememberVerified } = options
  await checkPorts(ports)
  const signal = interruption(() => console.log('\nStopping … (Ctrl-C once more: at once)'))
  let workbench: Workbench | undefined
  // From the first moment: an unheard signal of this kind would end the process.
  onRollingRestartSignal(() => workbench && void restartAll(workbench, signal))
  try {
    workbench = await startWorkbench({
      folder: workbenchFolder,
      ports,
      session: strategyById(options.session),
      jwt: strategyById(options.jwt),
      jwtAlgorithm: options.jwtAlg,
      instances,
      sticky,
      env: { ...process.env, ...(rememberVerified && { JWT_REMEMBER_VERIFIED: 'on' }) },
      onProgress: (line) => console.log(`  ${line}`),
      signal,
    })
    killServersOnExit(workbench)
    const seconds = (Date.now() - startedAt) / 1000
    console.log(startScreen(workbench, { ports, wanted: options.session, seconds }))
    if (!options.tour) console.log(whatNext(ports, workbench))
    await (options.tour
      ? tourAndStop(workbench, signal)
      : runUntilStopped(workbench, options, signal))
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    console.log('Stopped.')
    if (options.tour) process.exitCode = 130
  }
}

async function checkNothingRuns(): Promise<void> {
  const running = await findRunning(filesIn(workbenchFolder).running)
  if (!running) return
  throw new WorkbenchError(
    `The workbench of this folder is running already: ${running.url} (process ${running.pid}). ` +
      'Stop it there with Ctrl-C, or with "npm run stop".',
  )
}

async function checkPorts(ports: Ports): Promise<void> {
  const taken = await takenPorts(ports)
  if (taken.length > 0) throw new WorkbenchError(taken.map(({ message }) => message).join('\n'))
}

/** However this process leaves, the servers do not outlive it. */
function killServersOnExit({ session, jwt, balancer }: Workbench): void {
  process.once('exit', () => {
    void balancer?.kill()
    void session.server.kill()
    void jwt.server.kill()
  })
}

async function tourAndStop(workbench: Workbench, signal: AbortSignal): Promise<void> {
  try {
    const results = await runTour(recordedStops(workbench.record), signal)
    signal.throwIfAborted()
    console.log(`${tourReport(results, process.stdout.columns ?? Infinity)}\n`)
    if (hasFailed(results)) process.exitCode = 1
  } finally {
    await workbench.stop()
  }
}
