import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis'

interface Endpoint {
  readonly host: string
  readonly port: number
}

/** How replies are mapped is left as it is: ioredis makes a type parameter of it. */
type NodeOptions = Omit<RedisOptions, 'replyMapping'>

/** Where Redis is, as an URL says it; see {@link parseRedisUrl}. */
export interface RedisAddress {
  readonly kind: 'single' | 'cluster' | 'sentinel'
  /** The server; or nodes of the cluster, or sentinels: some of them, which know the others. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]]
  /** For the nodes that hold data: user, password, TLS, database, and behind sentinels the name of the master. */
  readonly node: NodeOptions
  /** For people; no password in it. */
  readonly place: string
}

/** What is wrong with an address. The address itself is not repeated: it may hold a password. */
export class RedisUrlError extends Error {
  override readonly name = 'RedisUrlError'
}

/** The server answers, and has no such database for this user. */
export class RedisDatabaseError extends Error {
  override readonly name = 'RedisDatabaseError'

  constructor(place: string, database: number | string, reply: Error) {
    super(
      `Redis at ${place} refuses database ${database} (${reply.message}). Choose one in REDIS_URL that it has, ` +
        'or leave the number out.',
      { cause: reply },
    )
  }
}

export const REDIS_URL_FORMS: string =
  'redis://:password@host:6379, redis+cluster://:password@host:port,host:port or ' +
  'redis+sentinel://:password@host:26379,host:26379/master-name'

const FORM = /^(rediss?)(?:\+(cluster|sentinel))?:\/\/([^/?#]*@)?([^/?#@]+)([/?#].*)?$/i

/**
 * Reads `redis://host:port[/database]`, `redis+cluster://host:port,host:port` or
 * `redis+sentinel://host:port,host:port/master-name[/database]`; `rediss` is the same by TLS. The forms
 * with several hosts are those of Python's `limits` and `redis-sentinel-url`. User and password belong to
 * the nodes that hold data; `?sentinel_username=…&sentinel_password=…` to the sentinels. One server may have
 * `?family=4` or `6`, the version of IP.
 *
 * @throws {RedisUrlError} whose message goes on after the name of a setting
 */
export function parseRedisUrl(text: string): RedisAddress {
  if (/\s/.test(text)) throw new RedisUrlError('contains white space')
  const [, scheme, named, userinfo = '', hosts = '', rest = ''] = FORM.exec(text) ?? []
  if (scheme === undefined) throw new RedisUrlError('is no Redis address')
  const kind = (named?.toLowerCase() ?? 'single') as RedisAddress['kind']
  const endpoints = endpointsOf(kind, hosts)
  const url = urlOf(`redis://${userinfo}host${rest}`)
  if (url.hash) throw new RedisUrlError('contains a #, which must be written as %23')
  const node = {
    ...credentials(url),
    ...(scheme.toLowerCase() === 'rediss' && { tls: {} }),
  }
  const place = endpoints.map(({ host, port }) => `${host}:${port}`).join(', ')
  if (kind === 'single') return { kind, endpoints, node: { ...node, ...singleOptions(url) }, place }
  const path = url.pathname.split('/').filter(Boolean).map(decoded)
  if (kind === 'sentinel') {
    const more = sentinelOptions(path, url.searchParams, node.tls)
    return { kind, endpoints, node: { ...node, ...more }, place: `${place}/${path[0]}` }
  }
  if (path.join() !== '' && path.join() !== '0') {
    throw new RedisUrlError('names a database: a cluster has none but 0')
  }
  refuseUnknown(url.searchParams, [])
  return { kind, endpoints, node, place }
}

/** A client for `address` that does not connect yet. */
export function redisClient(
  address: RedisAddress,
  options: NodeOptions,
  clusterOptions: ClusterOptions = {},
): Redis | Cluster {
  const endpoints = [...address.endpoints]
  const node = { ...options, ...address.node }
  if (address.kind === 'single') {
    const client = new Redis({ ...node, ...address.endpoints[0], lazyConnect: true })
    return onlyInItsDatabase(client, address.place)
  }
  if (address.kind === 'sentinel') {
    const client = new Redis({ ...node, sentinels: endpoints, lazyConnect: true })
    return onlyInItsDatabase(client, address.place)
  }
  const { retryStrategy: _byCluster, enableOfflineQueue: _too, ...redisOptions } = node
  return new Cluster(endpoints, { ...clusterOptions, redisOptions, lazyConnect: true })
}

/**
 * Where the server refuses the database, ioredis goes on in database 0, at each connect. This client drops the
 * connection instead, and reports a {@link RedisDatabaseError}.
 */
function onlyInItsDatabase(client: Redis, place: string): Redis {
  const select = client.select.bind(client)
  const selectOrLeave = async (database: number | string): Promise<'OK'> => {
    try {
      return await select(database)
    } catch (error) {
      // Every command is refused before the password is known, so none can reach database 0.
      if (isReply(error, 'NOAUTH')) throw error
      client.disconnect(true)
      throw isReply(error) ? new RedisDatabaseError(place, database, error) : error
    }
  }
  return Object.assign(client, { select: selectOrLeave })
}

function isReply(error: unknown, code = ''): error is Error {
  return error instanceof Error && error.name === 'ReplyError' && error.message.startsWith(code)
}

function endpointsOf(kind: RedisAddress['kind'], hosts: string): [Endpoint, ...Endpoint[]] {
  const defaultPort = kind === 'sentinel' ? 26_379 : 6379
  const [first = '', ...others] = kind === 'single' ? [hosts] : hosts.split(',')
  return [endpoint(first, defaultPort), ...others.map((it) => endpoint(it, defaultPort))]
}

function endpoint(text: string, defaultPort: number): Endpoint {
  const { hostname, port } = urlOf(`redis://${text}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || defaultPort) }
}

function credentials({ username, password }: URL): NodeOptions {
  return {
    ...(username && { username: decoded(username) }),
    ...((username || password) && { password: decoded(password) }),
  }
}

function singleOptions({ pathname, searchParams }: URL): NodeOptions {
  if (!/^(\/\d{0,9})?$/.test(pathname)) {
    throw new RedisUrlError('has a path that is not the number of a database, such as /0')
  }
  refuseUnknown(searchParams, ['family'])
  const family = searchParams.get('family') ?? ''
  if (!/^[046]?$/.test(family)) throw new RedisUrlError('has a family that is not 4 or 6')
  const db = Number(pathname.slice(1))
  return { ...(db > 0 && { db }), ...(family && { family: Number(family) }) }
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
  if (name === undefined || more.length > 0 || !/^\d{1,9}$/.test(database)) {
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
