import { paths } from '@session-vs-jwt/http-contract'
import type { Registration } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { matrix } from '../contract/matrix.js'
import { Device, loggedIn, newAccount, type Reply, registered } from '../device.js'
import { DeafLine } from './deaf-line.js'
import { record } from './figures.js'
import { timed, until } from './load.js'
import { Pacemaker } from './pacemaker.js'
import { BACK_WITHIN_MS, notRefused } from './promises.js'
import { type FaultServer, Stack } from './stack.js'

const NEW_PASSWORD = 'another pass:word'

/** The scripts that write to Redis, where reading a session is a GET, and statements of PostgreSQL. */
const WRITES_LOGIN = /\beval(sha)?\b|sessions\.(replace|destroy)|families\.(rotate|end)/i

/** A request whose write is done while its answer is lost, what is asked next, and what that gives. */
interface LostWrite {
  readonly name: string
  /** What the line must lose. */
  readonly statement: RegExp
  readonly send: () => Promise<Reply>
  readonly again: () => Promise<Reply>
  /** Whether the first one was done. */
  readonly isDone: () => Promise<boolean>
  /** What asking again must give. */
  readonly expected: string
}

describe('answers of the stores get lost', () => {
  let stack: Stack
  let lines: DeafLine[]

  beforeAll(async () => {
    const postgres = await DeafLine.to(inject('databaseUrl'))
    const redis = await DeafLine.to(inject('redisUrl'))
    lines = [postgres.line, redis.line]
    const urls = { databaseUrl: postgres.url, redisUrl: redis.url }
    const labels = matrix.map(([label]) => label)
    stack = await Stack.start({ strategies: labels, own: [], ...urls })
  })
  afterAll(async () => {
    await stack?.stop()
    for (const it of lines ?? []) it.close()
  })

  test.each(matrix)(
    '%s: 503 within a second for a write that was done, and asking again tells',
    async (label) => {
      const server = stack.server(label)
      const pacemaker = await Pacemaker.start()
      const rows: Record<string, string> = {}
      for (const write of await lostWrites(server)) {
        for (const it of lines) it.losesAnswersTo(write.statement)
        const refusal = await timed(write.name, write.send)
        for (const it of lines) it.losesAnswersTo(undefined)
        expect(notRefused(refusal, pacemaker.lateMs)).toBeUndefined()
        await until('ready', async () => isReady(server), BACK_WITHIN_MS + pacemaker.lateMs)
        const isDone = await write.isDone()
        const { status, body } = await write.again()
        const told = `${status}${status >= 400 ? ` ${body.code}` : ''}`
        expect([write.name, isDone, told]).toEqual([write.name, true, write.expected])
        rows[write.name] = told
      }
      await pacemaker.stop()
      const fault = 'The answer to a write gets lost: 503, though it was done'
      await record([{ section: 'lost answers', fault, strategy: label, ...rows }])
    },
  )
})

async function isReady(server: FaultServer): Promise<boolean> {
  return (await new Device(server).sendBare('GET', paths.ready)).status === 200
}

async function lostWrites(server: FaultServer): Promise<LostWrite[]> {
  const { strategy } = server
  const { device, account } = await registered(server)
  const newcomer = newAccount()
  const post = async () => device.send('POST', paths.posts, { title: 'once', body: 'x' })
  const posts = async () => (await device.send('GET', paths.posts)).body.posts as unknown[]
  const change = { password: NEW_PASSWORD, currentPassword: account.password }
  const setPassword = async () => device.send('PATCH', paths.me, change)
  const anew = { ...account, password: NEW_PASSWORD }
  const access = strategy.promises.afterOwnNewPassword
  const common: LostWrite[] = [
    {
      name: 'register',
      statement: /users\.add/,
      send: async () => new Device(server).register(newcomer),
      again: async () => new Device(server).register(newcomer),
      isDone: async () => (await new Device(server).login(newcomer)).status === 200,
      expected: '409 nickname_taken',
    },
    {
      name: 'post',
      statement: /posts\.add/,
      send: post,
      again: post,
      isDone: async () => (await posts()).length === 1,
      expected: '201',
    },
    {
      name: 'password',
      statement: /users\.set-password/,
      send: setPassword,
      again: setPassword,
      isDone: async () => (await new Device(server).login(anew)).status === 200,
      // The access token of the device may have ended with the old password.
      expected: access === 'goes-on' ? '403 wrong_current_password' : '401 invalid_credential',
    },
  ]
  const keepsLogins =
    strategy.promises.stateIn === 'redis' || strategy.promises.stateIn === 'postgres'
  // Logins first: the new password ends the other devices.
  return keepsLogins ? [...(await lostOfLogins(server, account)), ...common] : common
}

/** Where logins are kept, they are written when they change. */
async function lostOfLogins(server: FaultServer, account: Registration): Promise<LostWrite[]> {
  const rotating = await loggedIn(server, account)
  const leaving = await loggedIn(server, account)
  return [
    {
      name: 'rotate',
      statement: WRITES_LOGIN,
      send: rotating.rotate,
      again: rotating.rotate,
      // Asking again is the only way to see it, and the expectation below says that it was done.
      isDone: async () => true,
      expected:
        server.strategy.server === 'jwt' ? '401 reused_credential' : '401 invalid_credential',
    },
    {
      name: 'logout',
      statement: WRITES_LOGIN,
      send: async () => leaving.copy().logout(),
      again: async () => leaving.copy().logout(),
      isDone: async () => (await leaving.renew()).status === 401,
      expected: '204',
    },
  ]
}
