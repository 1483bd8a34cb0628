import { describe, expect, test } from 'vitest'
import { matrix, matrixOf } from '../contract/matrix.js'
import { loggedIn, registered } from '../device.js'
import { startServer } from '../start-server.js'

/** The policies that forgive a spent refresh token for a while. */
const forgiving = ['refuse-quietly', 'same-successor', 'separate-branch']

const withFamilies = matrixOf('jwt').filter(([, it]) => it.promises.devices)

describe.each(withFamilies)('%s', (_label, it) => {
  test('of a race between thief and owner nobody keeps the login [RFC 9700 4.14, RFC 9700 2.2]', async () => {
    const server = await startServer(it)
    for (let race = 0; race < 10; race += 1) {
      const { device: owner, account } = await registered(server)
      const elsewhere = await loggedIn(server, account)
      const thief = owner.copy()
      // A renewal spends the token as a rotation does, so a thief who only renews is noticed, too.
      const how = race % 2 === 0 ? 'rotate' : 'renew'
      const answers = await Promise.all([thief[how](), owner[how]()])
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]))
      for (const it of [thief, owner]) {
        expect((await it.rotate()).status).toBe(401)
        expect((await it.renew()).status).toBe(401)
      }
      // The other login of the same user had nothing to do with it.
      expect((await elsewhere.rotate()).status).toBe(200)
    }
    await server.stop()
  })

  test.each(forgiving)(
    '%s: a grace period is not lengthened by using it [RFC 9700 4.14]',
    async (policy) => {
      const env = { REFRESH_POLICY: policy, REFRESH_GRACE_SECONDS: '10' }
      const server = await startServer(it, { env })
      const { device } = await registered(server)
      const spent = device.copy()
      expect((await device.rotate()).status).toBe(200)
      for (let seconds = 0; seconds < 9; seconds += 3) {
        server.clock.advance(3)
        const { status } = await spent.copy().rotate()
        expect(status).toBe(policy === 'refuse-quietly' ? 401 : 200)
      }
      server.clock.advance(2)
      const late = await spent.rotate()
      expect([late.status, late.body.code]).toEqual([401, 'reused_credential'])
      expect((await device.rotate()).status).toBe(401)
      await server.stop()
    },
  )

  test.each(forgiving)(
    '%s: a logout ends what a grace period would still let pass [ASVS 7.4.1, RFC 9700 4.14]',
    async (policy) => {
      const env = { REFRESH_POLICY: policy, REFRESH_GRACE_SECONDS: '60' }
      const server = await startServer(it, { env })
      const { device } = await registered(server)
      const spent = device.copy()
      expect((await device.rotate()).status).toBe(200)
      const child = spent.copy()
      expect((await child.rotate()).status).toBe(policy === 'refuse-quietly' ? 401 : 200)
      expect((await device.logout()).status).toBe(204)
      for (const it of [spent, child, device]) {
        expect((await it.rotate()).status).toBe(401)
        expect((await it.renew()).status).toBe(401)
      }
      await server.stop()
    },
  )

  test('a refresh token that nobody uses ends, and what it could renew with it [RFC 9700 4.14, ASVS 7.3.1]', async () => {
    const server = await startServer(it)
    const { device } = await registered(server)
    server.clock.advance(3600)
    for (const call of [device.rotate, device.renew, device.whoami]) {
      const { status, body } = await call()
      expect([status, body.code]).toEqual([401, 'expired_credential'])
    }
    await server.stop()
  })
})

const shared = matrix.filter(
  ([, { promises }]) =>
    promises.secondInstance === 'knows-it' && promises.spentCredential === 'refused',
)

describe.each(shared)('%s', (_label, it) => {
  test('of 20 that rotate one credential at two instances a single one wins [RFC 9700 4.14, ASVS 15.4.2]', async () => {
    const instances = [await startServer(it), await startServer(it)] as const
    const { device } = await registered(instances[0])
    const tabs = Array.from({ length: 20 }, (_, i) => device.at(instances[i % 2] ?? instances[0]))
    const answers = await Promise.all(tabs.map((tab) => tab.rotate()))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    // 503: a store that has too much to do at once, on a slow machine; it has refused, too.
    expect(statuses.filter((status) => status === 401 || status === 503)).toHaveLength(19)
    await Promise.all(instances.map((server) => server.stop()))
  })

  test('a logout at one instance counts at the other, also for what it is rotating [ASVS 7.4.1]', async () => {
    const [one, two] = [await startServer(it), await startServer(it)] as const
    for (let race = 0; race < 10; race += 1) {
      const { device, account } = await registered(one)
      const other = (await loggedIn(two, account)).at(two)
      const [ended] = await Promise.all([device.logoutAll(), other.rotate(), other.copy().whoami()])
      expect(ended.status).toBe(204)
      expect((await other.rotate()).status).toBe(401)
      expect((await other.renew()).status).toBe(401)
    }
    await Promise.all([one.stop(), two.stop()])
  })
})
