import { paths } from '@session-vs-jwt/http-contract'
import { describe, expect, test } from 'vitest'
import { matrix, strategy } from '../contract/matrix.js'
import { type Answer, registered } from '../device.js'
import { startServer } from '../start-server.js'
import { tryLogin } from './try-login.js'

const WRONG = 'a wrong password'

const countOf = (answers: readonly Answer[], wanted: number): number =>
  answers.filter(({ status }) => status === wanted).length

/** What a client can write so that it looks like another one. */
const DISGUISES = [
  'x-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'client-ip',
  'x-originating-ip',
  'x-remote-ip',
  'x-remote-addr',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'x-cluster-client-ip',
  'forwarded',
  'via',
  'user-agent',
  'x-forwarded-host',
  'x-user-id',
]

describe.each(matrix)('%s', (_label, it) => {
  test('of 60 wrong tries at once, each as from another client, 10 are looked at [ASVS 6.3.1, ASVS 15.3.4, ASVS 4.1.3, RFC 9700 4.13]', async () => {
    const server = await startServer(it)
    const { account } = await registered(server)
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const address = `203.0.113.${i}`
        const headers = Object.fromEntries(
          DISGUISES.map((name) => [name, name === 'forwarded' ? `for=${address}` : address]),
        )
        return tryLogin(server, account.email, WRONG, headers)
      }),
    )
    expect([countOf(answers, 401), countOf(answers, 429)]).toEqual([10, 50])
    expect((await tryLogin(server, account.email, account.password)).status).toBe(429)
    await server.stop()
  })

  test('tries under every spelling of one address count together [ASVS 6.3.1]', async () => {
    const server = await startServer(it)
    const { account } = await registered(server)
    const { email } = account
    const [local = '', domain = ''] = email.split('@')
    const spellings = [
      email,
      email.toUpperCase(),
      ` ${email}`,
      `${email} `,
      `\u00a0${email}`,
      `${local.toUpperCase()}@${domain}`,
      `${local}@${domain.toUpperCase()}`,
      `\u2003${email}\u2003`,
      `A${email.slice(1)}`,
      `\ufeff${email}`,
    ]
    for (const spelling of spellings) {
      expect((await tryLogin(server, spelling, WRONG)).status, JSON.stringify(spelling)).toBe(401)
    }
    const came = [await tryLogin(server, email, account.password)]
    expect(countOf(came, 429)).toBe(1)
    await server.stop()
  })

  test('who is logged in stays so while others lock the account [ASVS 6.1.1]', async () => {
    const server = await startServer(it)
    const { device, account } = await registered(server)
    await Promise.all(Array.from({ length: 12 }, () => tryLogin(server, account.email, WRONG)))
    expect((await tryLogin(server, account.email, account.password)).status).toBe(429)
    for (const call of [device.whoami, device.renew, device.rotate, device.whoami]) {
      expect((await call()).status).toBe(200)
    }
    await server.stop()
  })
})

describe.each([
  ['in Redis', {}, {}],
  ['in PostgreSQL', { REDIS_URL: '' }, { REFRESH_STORE: 'postgres' }],
] as const)('counted %s', (_label, env, families) => {
  test('tries spread over instances of both servers share one count, and it holds exactly [ASVS 6.3.1, ASVS 6.3.4, ASVS 15.4.2]', async () => {
    const servers = [
      await startServer(strategy('session-postgres'), { env }),
      await startServer(strategy('session-postgres'), { env }),
      await startServer(strategy('jwt-rotating'), { env: { ...env, ...families } }),
    ] as const
    const { device, account } = await registered(servers[0])
    const tries = Array.from({ length: 60 }, (_, i) =>
      tryLogin(servers[i % 3] ?? servers[0], account.email, WRONG),
    )
    const answers = await Promise.all(tries)
    expect([countOf(answers, 401), countOf(answers, 429)]).toEqual([10, 50])
    // Guessing the current password, logged in, is no way around it.
    const change = { password: 'a new and better one', currentPassword: account.password }
    expect((await device.send('PATCH', paths.me, change)).status).toBe(429)
    await Promise.all(servers.map((server) => server.stop()))
  })
})
