import type { Balancer } from '@session-vs-jwt/services'
import { aborted } from '../interruption.js'
import { requestLine } from '../request-line.js'
import type { Instance } from '../servers/instance.js'
import type { ServerExit } from '../servers/running-program.js'
import type { ServerGroup } from '../servers/server-group.js'
import { SERVER_NAMES } from '../servers/server-program.js'
import type { Workbench } from '../workbench.js'
import { WorkbenchError } from '../workbench-error.js'

/**
 * Tells what happens in a running workbench, and stops it when `signal` says so.
 *
 * @throws {WorkbenchError} if the balancer or the last instance of a server ends by itself: then
 *   everything else was stopped
 */
export async function runUntilStopped(
  workbench: Workbench,
  { quiet }: { readonly quiet?: true },
  signal: AbortSignal,
): Promise<void> {
  const { balancer } = workbench
  const groups = [workbench.session.server, workbench.jwt.server]
  for (const group of groups) {
    if (!quiet) group.onRequest((event, { name }) => console.log(requestLine(name, event)))
    group.onLoss((exit, instance) => tellLoss(group, instance, exit))
  }
  workbench.onStore(({ state, line }) => {
    // Somebody has just pressed a button, and knows.
    if (state !== 'stopped') console.log(line)
  })
  const lost = await Promise.race([
    aborted(signal),
    ...groups.map(whenLost),
    ...(balancer ? [whenBalancerLost(balancer)] : []),
  ])
  await workbench.stop()
  if (lost) throw lost
  console.log('Stopped; the data is kept. "npm run reset" removes it.')
}

/** Replaces every instance, and tells of each. */
export async function restartAll(workbench: Workbench, signal: AbortSignal): Promise<void> {
  console.log('Rolling restart: one instance after the other is replaced.')
  try {
    await workbench.rollingRestart((line) => console.log(`  ${line}`))
    console.log('Rolling restart: done.')
  } catch (error) {
    // What is being stopped cannot be restarted.
    if (!signal.aborted) console.error(`Rolling restart: ${(error as Error).message}`)
  }
}

/** That some of several instances have ended is told, and shown: none is started again by itself. */
function tellLoss({ instances }: ServerGroup, instance: Instance, exit: ServerExit): void {
  const left = instances.filter((it) => it.isRunning).length
  if (left === 0) return
  const lastWords = exit.code === null ? '' : `\nThe end of its log:\n${instance.lastWords()}`
  console.log(
    `${instance.name} ended by itself (${howEnded(exit)}); the balancer sends it nothing more. ` +
      `${left} of ${instances.length} go on. To start it again: npm run rolling-restart${lastWords}`,
  )
}

async function whenLost(group: ServerGroup): Promise<WorkbenchError> {
  const { exit, instance } = await group.lost
  const name = SERVER_NAMES[group.server]
  return new WorkbenchError(
    `The ${name} ended by itself (${howEnded(exit)}); everything else was stopped. The end of its log:\n` +
      instance.lastWords(),
  )
}

async function whenBalancerLost(balancer: Balancer): Promise<WorkbenchError> {
  await balancer.exited
  return new WorkbenchError(
    `The balancer ended by itself; everything else was stopped. The end of its log:\n${balancer.lastWords()}`,
  )
}

function howEnded({ code, signal }: ServerExit): string {
  return signal ? `by ${signal}` : `with code ${code}`
}
