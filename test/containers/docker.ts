import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePorts } from '@session-vs-jwt/services'

/** Runs the Docker client and gives back what it printed. Throws with what it complained of. */
function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The ids of the containers that were made from `image`, running or not. */
export function containersOf(image: string): string[] {
  return idsOf('ancestor', image)
}

/** The ids of the containers of a Compose project, or of one service in it, running or not. */
export function containersIn(project: string, service?: string): string[] {
  const label = 'com.docker.compose'
  const ofProject = idsOf('label', `${label}.project=${project}`)
  if (service === undefined) return ofProject
  const ofService = idsOf('label', `${label}.service=${service}`)
  return ofProject.filter((it) => ofService.includes(it))
}

function idsOf(filter: string, value: string): string[] {
  const ids = docker('ps', '--all', '--quiet', '--filter', `${filter}=${value}`).trim()
  return ids ? ids.split('\n') : []
}

const HEALTHY_WITHIN_MS = 120_000

/** Stops a container in good order, starts it again, and returns when it is healthy. */
export async function restart(id: string): Promise<void> {
  await promisify(execFile)('docker', ['restart', '--time', '15', id])
  await untilHealthy(id)
}

export async function untilHealthy(id: string): Promise<void> {
  const isHealthy = (): boolean =>
    docker('inspect', '--format', '{{.State.Health.Status}}', id).trim() === 'healthy'
  const deadline = Date.now() + HEALTHY_WITHIN_MS
  while (!isHealthy()) {
    if (Date.now() > deadline) throw new Error(`the container ${id} did not get healthy`)
    await sleep(200)
  }
}

/** Settings of docker-compose.yml for one test: a project and ports of its own. */
export interface Project {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
}

const PORT_VARIABLES = [
  'WORKBENCH_PORT',
  'SESSION_PORT',
  'JWT_PORT',
  'SCALED_SESSION_PORT',
  'SCALED_JWT_PORT',
]

export async function newProject(name: string, settings = {}): Promise<Project> {
  const ports = await freePorts(PORT_VARIABLES.length)
  return {
    name,
    env: {
      COMPOSE_PROJECT_NAME: name,
      BCRYPT_COST: '10',
      ...Object.fromEntries(PORT_VARIABLES.map((it, index) => [it, String(ports[index])])),
      ...settings,
    },
  }
}

/** What `docker compose` printed for the project, every profile included. Throws with its complaint. */
export function compose({ env }: Project, ...args: string[]): string {
  const run = spawnSync('docker', ['compose', '--profile', 'scale', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (run.status === 0) return run.stdout
  throw new Error(`docker compose ${args.join(' ')}:\n${run.stderr}${run.error ?? ''}`)
}
