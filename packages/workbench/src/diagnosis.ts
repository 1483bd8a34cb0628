import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  checkReplicaUrl,
  inspectServices,
  ServiceError,
  type ServiceFinding,
} from '@session-vs-jwt/services'
import { filesIn, repositoryFolder } from './folders.js'
import { readPorts, takenPorts } from './ports.js'
import { askStoresOf, findRunning, type RunningRecord, type StoreAnswer } from './running-record.js'
import { WorkbenchError } from './workbench-error.js'

/** One thing that a start needs, and how it stands. */
export interface Finding {
  readonly name: string
  /** `warning`: a start works, with less. `failing`: a start fails. */
  readonly state: 'ok' | 'warning' | 'failing'
  readonly what: string
  /** What to do, if there is something. */
  readonly remedy?: string
}

type Env = Readonly<Record<string, string | undefined>>

/** Looks at everything that a start on `folder` needs; starts and changes nothing. */
export async function diagnose(folder: string, env: Env): Promise<Finding[]> {
  const running = await findRunning(filesIn(folder).running)
  const answers = running && (await askStoresOf(running))
  const { postgres, redis, balancer } = await inspectServices({
    folder,
    databaseUrl: env['DATABASE_URL']?.trim() || undefined,
    redisUrl: env['REDIS_URL']?.trim() || undefined,
  })
  return [
    machine(),
    packages(),
    dataFolder(folder),
    ...(running ? [workbenchFinding(running)] : await ports(env)),
    answered(answers, 'PostgreSQL') ?? service(postgres),
    ...(await replica(env)),
    answered(answers, 'Redis') ?? service(redis, '; what would live there lives in PostgreSQL'),
    service(balancer, '; needed for several instances only (--instances)'),
  ]
}

/** Why the servers can't use the replica that `env` names; undefined if they can, or without one. */
export async function replicaProblem(env: Env): Promise<string | undefined> {
  const { DATABASE_URL: databaseUrl, DATABASE_REPLICA_URL: url } = env
  if (!url) return undefined
  if (databaseUrl) return checkReplicaUrl(url, databaseUrl)
  return 'DATABASE_REPLICA_URL is ignored, because DATABASE_URL is not set. Set both or neither.'
}

async function replica(env: Env): Promise<Finding[]> {
  if (!env['DATABASE_REPLICA_URL']) return []
  const name = 'replica'
  try {
    const problem = await replicaProblem(env)
    if (problem) return [{ name, state: 'warning', what: problem }]
    return [{ name, state: 'ok', what: 'GET /users reads at DATABASE_REPLICA_URL' }]
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return [{ name, state: 'failing', what: error.message }]
  }
}

/** What a store of the running workbench says for itself. */
function answered(
  answers: readonly StoreAnswer[] | undefined,
  name: StoreAnswer['what'],
): Finding | undefined {
  const store = answers?.find(({ what }) => what === name)
  if (!store) return undefined
  const { state, line, problem, foundAs } = store
  if (problem === null) return { name, state: 'ok', what: `${foundAs}; it answers` }
  // Taken down by a button of the lab: not what anybody has to repair.
  if (state === 'stopped') return { name, state: 'warning', what: line, remedy: START_IN_LAB }
  const known = state === 'running' ? '' : ` ${line}`
  return { name, state: 'failing', what: `it does not answer (${problem}).${known}` }
}

const START_IN_LAB = 'The button that stopped it in the lab starts it again.'

/** The bootstrap has checked the version: with an older one, nothing gets here. */
function machine(): Finding {
  const what = `Node.js ${process.versions.node} on ${process.platform} ${process.arch}`
  return { name: 'Node.js', state: 'ok', what }
}

function packages(): Finding {
  const installed = existsSync(join(repositoryFolder, 'node_modules', '.workbench-installed'))
  const what = installed ? 'installed, as the lock file has it' : 'installed by hand'
  return { name: 'packages', state: 'ok', what }
}

function dataFolder(folder: string): Finding {
  const existing = existsSync(folder) ? folder : dirname(folder)
  const name = 'folder'
  try {
    accessSync(existing, constants.W_OK | constants.X_OK)
    return { name, state: 'ok', what: `data, keys and logs in ${folder}` }
  } catch {
    const remedy = 'Start the workbench as the owner of that folder, or make a clone of your own.'
    return { name, state: 'failing', what: `nothing can be written to ${existing}`, remedy }
  }
}

function workbenchFinding({ url, pid }: RunningRecord): Finding {
  return { name: 'workbench', state: 'ok', what: `running: ${url} (process ${pid})` }
}

async function ports(env: Env): Promise<Finding[]> {
  try {
    const wanted = readPorts(env)
    const taken = await takenPorts(wanted)
    if (taken.length === 0) {
      return [{ name: 'ports', state: 'ok', what: `${Object.values(wanted).join(', ')} are free` }]
    }
    return taken.map(({ message }) => ({ name: 'ports', state: 'failing', what: message }))
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error
    return [{ name: 'ports', state: 'failing', what: error.message }]
  }
}

const STATES = { ready: 'ok', 'on-demand': 'ok', missing: 'warning', failing: 'failing' } as const

/** `whenMissing` says what a start does without it. */
function service(
  { service: name, state, what, remedy }: ServiceFinding,
  whenMissing = '',
): Finding {
  const instead = state === 'missing' ? whenMissing : ''
  return {
    name,
    state: STATES[state],
    what: what + instead,
    ...(remedy !== undefined && { remedy }),
  }
}
