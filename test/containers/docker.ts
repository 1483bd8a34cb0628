import { execFileSync } from 'node:child_process'

/** Runs the Docker client and gives back what it printed. Throws with what it complained of. */
function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The ids of the containers that were made from `image`, running or not. */
export function containersOf(image: string): string[] {
  const ids = docker('ps', '--all', '--quiet', '--filter', `ancestor=${image}`).trim()
  return ids ? ids.split('\n') : []
}
