import { Cluster, Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { parseRedisUrl, redisClient, RedisUrlError } from '../src/redis/redis-address.js'

describe('an address', () => {
  test('of one server may name a user, a database and the version of IP', () => {
    expect(parseRedisUrl('redis://us%40er:canary@[::1]:1/2?family=6')).toEqual({
      kind: 'single',
      endpoints: [{ host: '::1', port: 1 }],
      node: { username: 'us@er', password: 'canary', db: 2, family: 6 },
      place: '::1:1',
    })
  })

  test.each(['redis://h', 'redis://h/', 'REDIS://h:6379/0'])('%s means database 0', (url) => {
    const endpoints = [{ host: 'h', port: 6379 }]
    expect(parseRedisUrl(url)).toEqual({ kind: 'single', endpoints, node: {}, place: 'h:6379' })
  })

  test.each(['rediss://h', 'REDISS://h'])('%s is by TLS', (url) => {
    expect(parseRedisUrl(url).node).toEqual({ tls: {} })
  })

  test('of a cluster names some of its nodes', () => {
    expect(parseRedisUrl('redis+cluster://:canary@a:1,b,[::1]:3')).toEqual({
      kind: 'cluster',
      endpoints: [
        { host: 'a', port: 1 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 3 },
      ],
      node: { password: 'canary' },
      place: 'a:1, b:6379, ::1:3',
    })
  })

  test('of a cluster, with a user and TLS', () => {
    expect(parseRedisUrl('rediss+cluster://us%40er:p%2Fw@a:1/0')).toMatchObject({
      node: { username: 'us@er', password: 'p/w', tls: {} },
    })
  })

  test('of sentinels names the master that they watch', () => {
    const url = 'redis+sentinel://:canary@a,b:2/main/3?sentinel_username=s&sentinel_password=t%2B'
    expect(parseRedisUrl(url)).toEqual({
      kind: 'sentinel',
      endpoints: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 2 },
      ],
      node: {
        password: 'canary',
        name: 'main',
        db: 3,
        sentinelUsername: 's',
        sentinelPassword: 't+',
      },
      place: 'a:26379, b:2/main',
    })
  })

  test('of sentinels by TLS is TLS to the sentinels too', () => {
    expect(parseRedisUrl('rediss+sentinel://a/main')).toMatchObject({
      node: { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true },
    })
  })
})

describe('what is no address is refused, and not repeated', () => {
  test.each([
    ['no URL', 'canary', 'is no Redis address'],
    ['another scheme', 'http://:canary@h', 'is no Redis address'],
    ['a scheme that is nearly right', 'redis+clusters://:canary@h', 'is no Redis address'],
    ['no host', 'redis+cluster://:canary@', 'is no Redis address'],
    ['an empty host', 'redis+cluster://:canary@a:1,,b:2', 'has a host or port'],
    ['a port too high', 'redis+cluster://:canary@a:1,b:65536', 'has a host or port'],
    ['a port that is none', 'redis+sentinel://:canary@a:b/main', 'has a host or port'],
    ['a space', 'redis+cluster://:canary@a:1, b:2', 'contains white space'],
    ['a space before it', ' redis://:canary@h', 'contains white space'],
    ['a line break that URL would skip', 'redis://:canary@h/\n1', 'contains white space'],
    ['a database that is a word', 'redis://:canary@h/abc', 'not the number of a database'],
    ['a negative database', 'redis://:canary@h/-1', 'not the number of a database'],
    ['a fraction', 'redis://:canary@h/1.5', 'not the number of a database'],
    ['two databases', 'redis://:canary@h/1/2', 'not the number of a database'],
    ['a slash too many', 'redis://:canary@h/1/', 'not the number of a database'],
    ['a number without end', `redis://:canary@h/${'9'.repeat(30)}`, 'not the number of a database'],
    ['a database in a parameter', 'redis://:canary@h?db=3', 'has a parameter'],
    ['an option of ioredis', 'redis://:canary@h/1?enableOfflineQueue=true', 'has a parameter'],
    ['a family that is none', 'redis://:canary@h?family=5', 'has a family'],
    ['a fragment', 'redis://:canary@h/0#1', 'contains a #'],
    ['a port of one server too high', 'redis://:canary@h:65536', 'has a host or port'],
    ['a bare % for one server', 'redis://:canary%zz@h', 'has a % that'],
    ['a password that is cut by a slash', 'redis+cluster://:can/ary@a:1', 'has a host or port'],
    ['a password with a bare %', 'redis+cluster://:canary%zz@a:1', 'has a % that'],
    ['a database of a cluster', 'redis+cluster://:canary@a:1/1', 'names a database'],
    ['sentinels of no master', 'redis+sentinel://:canary@a:1', 'does not end with the name'],
    [
      'a database that is none',
      'redis+sentinel://:canary@a:1/main/x',
      'does not end with the name',
    ],
    ['a path too long', 'redis+sentinel://:canary@a:1/main/0/1', 'does not end with the name'],
    ['an unknown parameter', 'redis+sentinel://a:1/main?canary=1', 'has a parameter'],
    ['any parameter of a cluster', 'redis+cluster://a:1?canary=1', 'has a parameter'],
  ])('%s', (_what, url, message) => {
    expect(() => parseRedisUrl(url)).toThrow(RedisUrlError)
    expect(() => parseRedisUrl(url)).toThrow(message)
    expect(() => parseRedisUrl(url)).not.toThrow(/canary|ary@/)
  })
})

test('a client of each kind waits until it is asked to connect', () => {
  const one = redisClient(parseRedisUrl('redis://h:1'), {})
  const sentinel = redisClient(parseRedisUrl('redis+sentinel://h:1/main'), {})
  const cluster = redisClient(parseRedisUrl('redis+cluster://:pw@h:1'), { commandTimeout: 9 })
  expect([one.status, sentinel.status, cluster.status]).toEqual(['wait', 'wait', 'wait'])
  expect((one as Redis).options.host).toBe('h')
  expect((sentinel as Redis).options.name).toBe('main')
  expect((cluster as Cluster).options.redisOptions).toMatchObject({
    password: 'pw',
    commandTimeout: 9,
  })
})
