import { setTimeout as sleep } from 'node:timers/promises'
import { checkEngine } from '@session-vs-jwt/services'
import type { Command } from 'commander'
import { checkCompose, compose } from '../compose/compose.js'
import { type ComposedPorts, portsOf, readComposedPorts } from '../compose/composed-ports.js'
import { Interrupted, interruption } from '../interruption.js'
import { takenOf } from '../ports.js'
import { WorkbenchError } from '../workbench-error.js'
import { newCommand } from './command.js'

interface ContainersOptions {
  readonly scale?: boolean
}

const SITE_WITHIN_MS = 60_000
const ANSWER_WITHIN_MS = 2_000

/** Every service, with profile or without. */
const EVERYTHING = ['--profile', 'scale']

export function containersCommand(): Command {
  return newCommand({
    usage: 'npm run containers --',
    description:
      'Start everything in containers (docker-compose.yml), until Ctrl-C. If something cannot be\n' +
      'had, say what, and stop what was started. Data and secrets stay in their volumes:\n' +
      '"docker compose down --volumes" removes them. The settings are in docker-compose.yml.',
    examples: ['npm run containers', 'SESSION_STORE=memory npm run containers -- --scale'],
  })
    .option('--scale', 'three more instances of each server, behind a balancer')
    .action(run)
}

async function run({ scale = false }: ContainersOptions): Promise<void> {
  const ports = readComposedPorts(process.env, scale)
  await checkCompose()
  await checkEngine()
  await checkNoneRuns()
  // Containers that an earlier run left half-started may be of other settings.
  await compose(['down', '--remove-orphans'], { options: EVERYTHING })
  await checkPorts(ports)
  const signal = interruption(() => console.log('\nStopping … (Ctrl-C once more: at once)'))
  try {
    const options = scale ? EVERYTHING : []
    await compose(['up', '--detach', '--build', '--quiet-pull'], { options, signal, onLine })
    await siteAnswers(ports.page, signal)
    console.log(screen(ports))
    // Until Ctrl-C, or until somebody else has stopped them.
    await compose(['logs', '--follow', '--tail', '0', 'session', 'jwt', 'site'], {
      options,
      signal,
      onLine: (line) => console.log(line),
    })
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      // Why it ended says more than why it could not be stopped.
      await stop().catch((second: Error) => console.log(`Not all is stopped. ${second.message}`))
      throw error
    }
  }
  await stop()
  console.log('Stopped; data and secrets are kept. "docker compose down --volumes" removes them.')
}

async function stop(): Promise<void> {
  await compose(['down'], { options: EVERYTHING })
}

/** What runs is somebody's, or was left by one who did not want to wait: either way, not for us to end unasked. */
async function checkNoneRuns(): Promise<void> {
  const running = await compose(['ps', '--quiet', '--status', 'running'], { options: EVERYTHING })
  // Beside ids, Compose may print warnings.
  if (!/^[0-9a-f]{12,}$/m.test(running)) return
  throw new WorkbenchError(
    'These containers run already, by another "npm run containers" or "docker compose up". End that with ' +
      'Ctrl-C, or the containers with "docker compose --profile scale down".',
  )
}

/** A build tells every step and each layer; who waits wants to know what came up. */
function onLine(line: string): void {
  if (/ (Built|Started|Healthy|Exited|Error)\s*$/.test(line)) console.log(`  ${line.trim()}`)
}

async function checkPorts(ports: ComposedPorts): Promise<void> {
  const taken = await takenOf(portsOf(ports), 'npm run containers')
  if (taken.length > 0) throw new WorkbenchError(taken.map(({ message }) => message).join('\n'))
}

async function siteAnswers(port: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + SITE_WITHIN_MS
  while (Date.now() < deadline) {
    signal.throwIfAborted()
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    }).catch(() => undefined)
    if (answer?.ok) return
    await sleep(200)
  }
  throw new WorkbenchError(
    'The site does not answer within a minute. "docker compose logs" says why.',
  )
}

function screen({ page, session, jwt, scaled }: ComposedPorts): string {
  const line = (name: string, port: number, more = ''): string =>
    `  ${name.padEnd(16)} http://localhost:${port}${more}`
  const behind = ', three instances behind a balancer'
  const lines = [
    line('site', page),
    line('session server', session),
    line('JWT server', jwt),
    ...(scaled
      ? [line('session server', scaled.session, behind), line('JWT server', scaled.jwt, behind)]
      : []),
  ]
  return `\nReady.\n\n${lines.join('\n')}\n\nCtrl-C stops it.`
}
