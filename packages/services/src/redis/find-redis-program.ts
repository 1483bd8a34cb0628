import { ServiceError } from '../service-error.js'
import { canUnpackRedis, unpackedRedis, unpackRedis } from './debian-redis.js'
import type { RedisProcessOptions } from './redis-process.js'
import { installedRedis, type RedisProgram } from './redis-program.js'

/** What to do where no Redis was found. */
export const REDIS_REMEDY: string =
  'Install it (Debian, Ubuntu: "apt-get install redis-server"; Fedora: "dnf install valkey"; ' +
  'macOS: "brew install redis"), or set REDIS_URL.'

/**
 * A server program: one that is installed, else one that was unpacked earlier, else, on Debian and
 * Ubuntu, the distribution's own, unpacked below `folder`. Undefined with the reason told.
 */
export async function findRedisProgram(
  options: RedisProcessOptions,
): Promise<RedisProgram | undefined> {
  const { folder, onProgress = () => {} } = options
  const found = installedRedis() ?? unpackedRedis(folder)
  if (found) return found
  if (!canUnpackRedis()) {
    onProgress(`Redis: no redis-server or valkey-server on this machine. ${REDIS_REMEDY}`)
    return undefined
  }
  onProgress(`Redis: not installed; unpacking the distribution's own below ${folder}`)
  return unpackRedis(folder).catch((error: unknown) => {
    if (!(error instanceof ServiceError) || error.code === 'folder-in-use') throw error
    onProgress(
      `Redis: could not be downloaded; is there a network? (${error.message}.) ${REDIS_REMEDY}`,
    )
    return undefined
  })
}
