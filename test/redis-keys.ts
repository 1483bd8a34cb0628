import { parseRedisUrl, redisClient } from '@session-vs-jwt/stores/redis'
import { Cluster } from 'ioredis'

/** The keys that match `pattern`: of a cluster, those of all its masters. */
export async function redisKeys(url: string, pattern: string): Promise<string[]> {
  const client = redisClient(parseRedisUrl(url), {})
  try {
    await client.connect()
    const servers = client instanceof Cluster ? client.nodes('master') : [client]
    return (await Promise.all(servers.map(async (it) => it.keys(pattern)))).flat()
  } finally {
    client.disconnect()
  }
}
