import { connect } from 'node:net'
import { once } from 'node:events'
import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers'
import { ServiceError } from '../service-error.js'

/** The socket on which Docker listens, if nothing else was said. */
const DEFAULT_SOCKET = 'unix:///var/run/docker.sock'
const CONNECT_WITHIN_MS = 5_000

/**
 * The Docker (or Podman) at `DOCKER_HOST`, else the one that testcontainers finds at the usual places.
 * Throws `docker-missing` if none answers, `docker-refused` if this user may not speak to it.
 */
export async function containerEngine(): Promise<ContainerRuntimeClient> {
  const given = process.env['DOCKER_HOST']
  // Where the given one is gone, testcontainers would go on and take another.
  if (given) await reach(given)
  try {
    return await getContainerRuntimeClient()
  } catch (error) {
    // Why each place was no good is only in the debug log of testcontainers.
    if (!given) await reach(DEFAULT_SOCKET)
    throw missing(given ?? DEFAULT_SOCKET, (error as Error).message)
  }
}

/** Throws unless somebody listens at `address`: `unix:///path` or `tcp://host:port`. */
async function reach(address: string): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol === 'unix:') return reachBy(address, { path: url.pathname })
  // Whatever else Docker takes (ssh, npipe) is left to it.
  if (url?.protocol !== 'tcp:') return undefined
  return reachBy(address, { host: url.hostname, port: Number(url.port || 2375) })
}

async function reachBy(
  address: string,
  place: { path: string } | { host: string; port: number },
): Promise<void> {
  const socket = connect({ ...place, timeout: CONNECT_WITHIN_MS })
  socket.once('timeout', () => socket.destroy(new Error('no answer')))
  try {
    await once(socket, 'connect')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw code === 'EACCES' || code === 'EPERM'
      ? refused(address)
      : missing(address, code ?? message)
  } finally {
    socket.destroy()
  }
}

function refused(address: string): ServiceError {
  return new ServiceError(
    'docker-refused',
    `This user may not use Docker at ${address}. Join the group that owns the socket ("docker", then ` +
      'log in again), or use a rootless Docker.',
  )
}

function missing(address: string, why: string): ServiceError {
  return new ServiceError(
    'docker-missing',
    `No Docker engine answers at ${address} (${why}). Start it, or set DOCKER_HOST to one that runs.`,
  )
}
