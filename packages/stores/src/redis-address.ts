import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis'

interface Endpoint {
  readonly host: string
  readonly port: number
}

/** How replies are mapped is left as it is: ioredis makes a type parameter of it. */
type NodeOptions = Omit<RedisOptions, 'replyMapping'>

/** Where Redis is, as an URL says it; see {@link parseRedisUrl}. */
export type RedisAddress =
  | { readonly kind: 'single'; readonly url: string; readonly place: string }
  | {
      readonly kind: 'cluster' | 'sentinel'
      /** Nodes of the cluster, or sentinels: some of them, which know the others. */
      readonly endpoints: readonly Endpoint[]
      /** For the nodes that hold data: user, password, TLS, and behind sentinels the name of the master. */
      readonly node: NodeOptions
      /** For people; no password in it. */
      readonly place: string
    }

/** What is wrong with an address. The address itself is not repeated: it may hold a password. */
export class RedisUrlError extends Error {
  override readonly name = 'RedisUrlError'
}

export const REDIS_URL_FORMS: string =
  'redis://:password@host:6379, redis+cluster://:password@host:port,host:port or ' +
  'redis+sentinel://:password@host:26379,host:26379/master-name'

const MANY = /^(rediss?)\+(cluster|sentinel):\/\/([^/?#]*@)?([^/?#@]+)([/?#].*)?$/i

/**
 * Reads `redis://…`, `redis+cluster://host:port,host:port` or
 * `redis+sentinel://host:port,host:port/master-name[/database]`; `rediss` is the same by TLS. These
 * forms are those of Python's `limits` and `redis-sentinel-url`. User and password belong to the nodes
 * that hold data; `?sentinel_username=…&sentinel_password=…` to the sentinels.
 *
 * @throws {RedisUrlError} whose message goes on after the name of a setting
 */
export function parseRedisUrl(text: string): RedisAddress {
  const [, scheme = '', kind, userinfo = '', hosts = '', rest = ''] = MANY.exec(text) ?? []
  if (kind === undefined) return single(text)
  const endpoints = hosts.split(',').map((it) => endpoint(it, kind === 'cluster' ? 6379 : 26379))
  const { username, password, pathname, searchParams } = urlOf(`redis://${userinfo}host${rest}`)
  const node: NodeOptions = {
    ...(username && { username: decoded(username) }),
    ...(password && { password: decoded(password) }),
    ...(scheme.toLowerCase() === 'rediss' && { tls: {} }),
  }
  const path = pathname.split('/').filter(Boolean).map(decoded)
  const place = endpoints.map(({ host, port }) => `${host}:${port}`).join(', ')
  if (kind.toLowerCase() === 'sentinel') {
    const more = sentinelOptions(path, searchParams, node.tls)
    return { kind: 'sentinel', endpoints, node: { ...node, ...more }, place: `${place}/${path[0]}` }
  }
  if (path.join() !== '' && path.join() !== '0') {
    throw new RedisUrlError('names a database: a cluster has none but 0')
  }
  refuseUnknown(searchParams, [])
  return { kind: 'cluster', endpoints, node, place }
}

/** A client for `address` that does not connect yet. */
export function redisClient(
  address: RedisAddress,
  options: NodeOptions,
  clusterOptions: ClusterOptions = {},
): Redis | Cluster {
  if (address.kind === 'single') return new Redis(address.url, { ...options, lazyConnect: true })
  const endpoints = [...address.endpoints]
  const node = { ...options, ...address.node }
  if (address.kind === 'sentinel') {
    return new Redis({ ...node, sentinels: endpoints, lazyConnect: true })
  }
  const { retryStrategy: _byCluster, enableOfflineQueue: _too, ...redisOptions } = node
  return new Cluster(endpoints, { ...clusterOptions, redisOptions, lazyConnect: true })
}

function single(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url?.hostname || !/^rediss?:$/.test(url.protocol)) {
    throw new RedisUrlError('is no Redis address')
  }
  return { kind: 'single', url: text, place: `${url.hostname}:${url.port || '6379'}` }
}

function endpoint(text: string, defaultPort: number): Endpoint {
  const { hostname, port } = urlOf(`redis://${text}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || defaultPort) }
}

function urlOf(text: string): URL {
  if (URL.canParse(text) && new URL(text).hostname) return new URL(text)
  throw new RedisUrlError('has a host or port that cannot be read')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new RedisUrlError('has a % that is no percent-encoding')
  }
}

function sentinelOptions(
  [name, database = '0', ...more]: readonly string[],
  parameters: URLSearchParams,
  tls: NodeOptions['tls'],
): NodeOptions {
  if (name === undefined || more.length > 0 || !/^\d+$/.test(database)) {
    throw new RedisUrlError('does not end with the name of the master that the sentinels watch')
  }
  refuseUnknown(parameters, ['sentinel_username', 'sentinel_password'])
  const [sentinelUsername, sentinelPassword] = [
    parameters.get('sentinel_username'),
    parameters.get('sentinel_password'),
  ]
  return {
    name,
    db: Number(database),
    ...(sentinelUsername !== null && { sentinelUsername }),
    ...(sentinelPassword !== null && { sentinelPassword }),
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  }
}

function refuseUnknown(parameters: URLSearchParams, known: readonly string[]): void {
  const unknown = [...parameters.keys()].filter((it) => !known.includes(it))
  if (unknown.length === 0) return
  const allowed = known.length > 0 ? known.join(' and ') : 'none'
  throw new RedisUrlError(`has a parameter that is not known; there are: ${allowed}`)
}
