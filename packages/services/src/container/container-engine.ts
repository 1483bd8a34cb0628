import { accessSync, constants } from 'node:fs'
import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers'
import { ServiceError } from '../service-error.js'

/** The socket on which Docker listens, if nothing else was said. */
const DEFAULT_SOCKET = '/var/run/docker.sock'

/**
 * The Docker (or Podman) that testcontainers finds: by `DOCKER_HOST`, or on one of the usual sockets.
 * Throws `docker-missing` if none answers, `docker-refused` if this user may not speak to it.
 */
export async function containerEngine(): Promise<ContainerRuntimeClient> {
  try {
    return await getContainerRuntimeClient()
  } catch (error) {
    throw noEngine(process.env['DOCKER_HOST'] || `unix://${DEFAULT_SOCKET}`, error)
  }
}

// Why it could not be used is only in the debug log of testcontainers.
function noEngine(address: string, cause: unknown): ServiceError {
  const socket = /^unix:\/\/(.+)/.exec(address)?.[1]
  if (socket && isForbidden(socket)) {
    return new ServiceError(
      'docker-refused',
      `This user may not use Docker at ${socket}. Join the group that owns it ("docker", then log ` +
        'in again), or use a rootless Docker.',
      { cause },
    )
  }
  return new ServiceError(
    'docker-missing',
    `No Docker engine answers at ${address}. Start it, or set DOCKER_HOST to one that runs; ` +
      '"npm test" needs none.',
    { cause },
  )
}

function isForbidden(socket: string): boolean {
  try {
    accessSync(socket, constants.R_OK | constants.W_OK)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'
  }
}
