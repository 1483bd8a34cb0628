import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { DatabaseError } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectRedis } from '../src/redis/redis.js'
import { connectPostgres } from '../src/postgres/sql.js'
import { isStoreUnavailable, storeFailure } from '../src/store-unavailable.js'

const coded = (code: string): Error => Object.assign(new Error('any text'), { code })
const sqlState = (code: string): Error =>
  Object.assign(new DatabaseError('any text', 10, 'error'), { code })
const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' })
const unavailable = { kind: 'unavailable' }
const misconfigured = (fix: RegExp) => ({ kind: 'misconfigured', fix: expect.stringMatching(fix) })

describe('a store is unavailable', () => {
  test.each([
    ['ECONNREFUSED'],
    ['ECONNRESET'],
    ['EPIPE'],
    ['ETIMEDOUT'],
    ['EHOSTUNREACH'],
    ['ENETUNREACH'],
    ['ENOTFOUND'],
    ['EAI_AGAIN'],
  ])('when its socket says %s', (code) => {
    expect(storeFailure(coded(code))).toEqual(unavailable)
  })

  test('when its Unix socket is not there', () => {
    const error = Object.assign(coded('ENOENT'), { syscall: 'connect' })
    expect(storeFailure(error)).toEqual(unavailable)
  })

  test.each([
    ['08000', 'connection_exception'],
    ['08006', 'connection_failure'],
    ['08P01', 'protocol_violation'],
    ['25006', 'read_only_sql_transaction, on a standby'],
    ['26000', 'invalid_sql_statement_name, after DEALLOCATE ALL'],
    ['42P05', 'duplicate_prepared_statement'],
    ['53200', 'out_of_memory'],
    ['53300', 'too_many_connections'],
    ['57014', 'query_canceled, by the statement timeout'],
    ['57P01', 'admin_shutdown'],
    ['57P02', 'crash_shutdown'],
    ['57P03', 'cannot_connect_now'],
    ['57P05', 'idle_session_timeout'],
    ['58000', 'system_error'],
    ['40P01', 'deadlock_detected'],
    ['55P03', 'lock_not_available'],
    ['26000', 'invalid_sql_statement_name'],
  ])('when PostgreSQL says %s, %s (appendix A)', (code) => {
    expect(storeFailure(sqlState(code))).toEqual(unavailable)
  })

  // As written in pg 8.23.1 (lib/client.js) and pg-pool (index.js).
  test.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout expired',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('when pg says: %s', (message) => {
    expect(storeFailure(new Error(message))).toEqual(unavailable)
  })

  // As written in ioredis 6.0.0 (built/Redis.js, Command.js, errors, connectors, cluster).
  test.each([
    'Connection is closed.',
    'Command timed out',
    "Stream isn't writeable and enableOfflineQueue options is false",
    'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
    'All sentinels are unreachable. Retrying from scratch after 10ms.',
    "Cluster isn't ready and enableOfflineQueue options is false",
    'Cluster is ended.',
    'None of startup nodes is available',
    'Failed to refresh slots cache.',
    'Too many Cluster redirections. Last error: Error: MOVED 1 127.0.0.1:7000',
  ])('when ioredis says: %s', (message) => {
    expect(storeFailure(new Error(message))).toEqual(unavailable)
  })

  // As written in Redis 7 and 8 (src/server.c), and by our own scripts.
  test.each([
    'LOADING Redis is loading the dataset in memory',
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "READONLY You can't write against a read only replica.",
    'NOREPLICAS Not enough good replicas to write.',
    'CLUSTERDOWN The cluster is down',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'MOVED 866 127.0.0.1:7000',
    'ASK 866 127.0.0.1:7000',
    'ERR Script attempted to access a non local key in a cluster node script: 1f2e, on @user_script:9.',
    'Script attempted to access a non local key in a cluster node',
    'LATE the client has given up this write',
    'ERR max number of clients reached',
  ])('when Redis says: %s', (message) => {
    expect(storeFailure(reply(message))).toEqual(unavailable)
    expect(storeFailure(new Error(message))).toEqual(unavailable)
  })

  test('when each address of its name fails (AggregateError of node:net)', () => {
    const both = [coded('ECONNREFUSED'), coded('ECONNREFUSED')]
    expect(isStoreUnavailable(new AggregateError(both))).toBe(true)
    expect(isStoreUnavailable(new AggregateError([coded('EACCES')]))).toBe(false)
  })
})

describe('an operator has to act', () => {
  test.each([
    ['28P01', 'invalid_password', /password/],
    ['28000', 'invalid_authorization_specification', /DATABASE_URL/],
    ['3D000', 'invalid_catalog_name', /create it/],
    ['57P04', 'database_dropped', /create it/],
    ['3F000', 'invalid_schema_name', /npm run migrate/],
    ['42P01', 'undefined_table', /npm run migrate/],
    ['42703', 'undefined_column', /npm run migrate/],
    ['42704', 'undefined_object', /npm run migrate/],
    ['42883', 'undefined_function: a column has another type', /npm run migrate/],
    ['42501', 'insufficient_privilege', /grant it/],
    ['53100', 'disk_full', /free some space/],
    ['58030', 'io_error', /log of PostgreSQL/],
    ['XX001', 'data_corrupted', /see the error/],
    ['55000', 'object_not_in_prerequisite_state', /see the error/],
  ])('when PostgreSQL says %s, %s', (code, _name, fix) => {
    expect(storeFailure(sqlState(code))).toEqual(misconfigured(fix))
  })

  // As written in Redis 7.0 and 8.0 and Valkey 8.1, and by their clients.
  test.each([
    ['NOAUTH Authentication required.', /REDIS_URL/],
    ['WRONGPASS invalid username-password pair or user is disabled.', /REDIS_URL/],
    ['ERR AUTH <password> called without any password configured for the default user.', /REDIS/],
    ["NOPERM this user has no permissions to run the 'get' command", /ACL/],
    ["NOPERM ACL failure in script: User app has no permissions to run the 'set' command", /ACL/],
    ["ERR ACL failure in script: User app has no permissions to run the 'set' command", /ACL/],
    ['ERR ACL failure in script: No permissions to access a key script: 1f', /ACL/],
    ["ERR The user executing the script can't run this command or subcommand script: 1f", /ACL/],
    ["ERR unknown command 'x', with args beginning with: ", /Redis 6.2/],
    ['ERR Unknown Redis command called from script script: 1f, on @user_script:1.', /Redis 6.2/],
    ['ERR Unknown command called from script script: 1f, on @user_script:1.', /Redis 6.2/],
    ["OOM command not allowed when used memory > 'maxmemory'.", /maxmemory/],
    ['MISCONF Redis is configured to save RDB snapshots, but is unable to persist.', /disk/],
    ['ERR DB index is out of range', /REDIS_URL/],
    ['SOMETHING that no version said when this was written', /see the error/],
    ['ERR something that no version said when this was written', /see the error/],
  ])('when Redis says: %s', (message, fix) => {
    expect(storeFailure(reply(message))).toEqual(misconfigured(fix))
  })

  test.each([
    ['CERT_HAS_EXPIRED', /TLS/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /TLS/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /TLS/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /TLS/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /TLS/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /TLS/],
    ['EPROTO', /TLS/],
  ])('when TLS fails with %s', (code, fix) => {
    expect(storeFailure(coded(code))).toEqual(misconfigured(fix))
  })

  test('when its socket may not be opened', () => {
    const error = Object.assign(coded('EACCES'), { syscall: 'connect' })
    expect(storeFailure(error)).toEqual(misconfigured(/socket/))
  })

  test.each([
    ['The server does not support SSL connections', /TLS/],
    ['There was an error establishing an SSL connection', /TLS/],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', /password/],
  ])('when pg says: %s', (message, fix) => {
    expect(storeFailure(new Error(message))).toEqual(misconfigured(fix))
  })

  test('when a client that gives up knows why', () => {
    const cause = reply("NOPERM this user has no permissions to run the 'time' command")
    const error = new Error('LATE too early to be sent', { cause })
    expect(storeFailure(error)).toEqual(misconfigured(/ACL/))
  })
})

describe('our own bug is not a failure of a store', () => {
  test.each([
    ['23505', 'unique_violation'],
    ['23503', 'foreign_key_violation'],
    ['22021', 'character_not_in_repertoire'],
    ['22P02', 'invalid_text_representation'],
    ['42601', 'syntax_error'],
    ['42P02', 'undefined_parameter'],
  ])('when PostgreSQL says %s, %s', (code) => {
    expect(storeFailure(sqlState(code))).toBeUndefined()
  })

  test.each([
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'NOSCRIPT No matching script. Please use EVAL.',
    "CROSSSLOT Keys in request don't hash to the same slot",
    "ERR wrong number of arguments for 'get' command",
    'ERR value is not an integer or out of range',
    'ERR user_script:5: Script attempted to access nonexistent global variable',
  ])('when Redis says: %s', (message) => {
    expect(storeFailure(reply(message))).toBeUndefined()
  })

  test.each(['LATERAL is no reply of ours', 'the text "Connection is closed." within another one'])(
    'when an error that no store made says: %s',
    (message) => {
      expect(storeFailure(new Error(message))).toBeUndefined()
    },
  )

  test.each([
    [new TypeError("Cannot read properties of undefined (reading 'id')")],
    [coded('EACCES')],
    [coded('ENOENT')],
    [Object.assign(new Error('any text'), { code: 57_014 })],
    ['Connection is closed.'],
    [{ message: 'Connection is closed.', code: 'ECONNREFUSED' }],
    [null],
    [undefined],
  ])('when what was thrown is %o', (error) => {
    expect(isStoreUnavailable(error)).toBe(false)
  })
})

/** What the clients really throw, where nobody answers. */
describe('our own clients throw what is recognised', () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  let silentPort = 0
  let closedPort = 0
  beforeAll(async () => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    silentPort = (silent.address() as AddressInfo).port
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    closedPort = (closed.address() as AddressInfo).port
    await new Promise((resolve) => closed.close(resolve))
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })

  const postgresError = async (port: number) => {
    const connection = connectPostgres({ url: `postgres://user:password@127.0.0.1:${port}/db` })
    const error: unknown = await connection.sql
      .query({ text: 'SELECT 1' })
      .catch((it: unknown) => it)
    await connection.close()
    return error
  }
  const redisError = async (port: number) => {
    const errors: Error[] = []
    const connection = await connectRedis({
      url: `redis://127.0.0.1:${port}`,
      onError: (it) => errors.push(it),
    })
    const error: unknown = await connection.redis.ping().catch((it: unknown) => it)
    await connection.close()
    return { error, errors }
  }

  // How long it takes is measured where the machine does nothing else: test/faults.
  test.concurrent('PostgreSQL that is not there, without waiting for a limit', async () => {
    const error = await postgresError(closedPort)
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    expect(isStoreUnavailable(error)).toBe(true)
  })

  test.concurrent('PostgreSQL that does not answer, by a limit of its own', async () => {
    const error = await postgresError(silentPort)
    expect((error as Error).message).toMatch(/time(out|d out)/i)
    expect(isStoreUnavailable(error)).toBe(true)
  })

  test.concurrent('Redis that is not there, and every error it reports', async () => {
    const { error, errors } = await redisError(closedPort)
    expect(isStoreUnavailable(error)).toBe(true)
    expect(errors.length).toBeGreaterThan(0)
    expect(errors[0]).toMatchObject({ code: 'ECONNREFUSED' })
    for (const it of errors) expect(isStoreUnavailable(it)).toBe(true)
  })

  test.concurrent('Redis that does not answer, by a limit of its own', async () => {
    expect(isStoreUnavailable((await redisError(silentPort)).error)).toBe(true)
  })

  test.concurrent('Redis that was closed', async () => {
    const redis = new Redis(closedPort, { lazyConnect: true })
    redis.disconnect()
    const error: unknown = await redis.ping().catch((it: unknown) => it)
    expect(isStoreUnavailable(error)).toBe(true)
  })
})
