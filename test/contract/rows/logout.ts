import { paths } from '@session-vs-jwt/http-contract'
import { hasStatus, isRefused } from '@session-vs-jwt/workbench'
import type { Row } from '../suite/row.js'
import { expectAnswer, hasCode } from '../suite/row-failure.js'
import { isLoggedIn } from './answers.js'
import { afterLogoutAll, onDevices, renewsAfter } from './promised.js'

const RACES = 15
const QUARTER_OF_IDLE_SECONDS = 450

/** `POST /auth/logout` and `POST /auth/logout/all` */
export const logoutRows: readonly Row[] = [
  {
    id: 'logout/idempotent',
    title: '204, and 204 again for whoever comes later with the old credential',
    read: ['RFC 9110, section 9.2.2'],
    run: async (t) => {
      const { device } = await t.registered()
      const copies = [device.copy(), device.copy()]
      expectAnswer(await device.logout(), hasStatus(204))
      for (const copy of copies) expectAnswer(await copy.logout(), hasStatus(204))
    },
  },
  {
    id: 'logout/ends-the-login',
    title: 'what was logged out is not renewed, if the server keeps any state',
    read: ['OWASP ASVS 5.0, 7.4.1', 'RFC 7009, section 2.2'],
    run: async (t) => {
      const { device } = await t.registered()
      const copy = device.copy()
      expectAnswer(await device.logout(), hasStatus(204))
      expectAnswer(await copy.renew(), hasStatus(...renewsAfter(t)))
      expectAnswer(await copy.rotate(), hasStatus(...renewsAfter(t)))
    },
  },
  {
    id: 'logout/takes-the-cookie-back',
    title: 'the answer has the browser forget the cookie',
    read: ['RFC 6265, section 3.1'],
    only: 'session',
    run: async (t) => {
      const { device } = await t.registered()
      expectAnswer(await device.logout(), hasStatus(204))
      expectAnswer(await device.whoami(), isRefused, hasCode('missing_credential'))
    },
  },
  {
    id: 'logout/other-devices-stay',
    title: 'logout ends this device, and no other one',
    read: ['OWASP ASVS 5.0, 7.4.1'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const other = await t.loggedIn(account)
      expectAnswer(await device.logout(), hasStatus(204))
      expectAnswer(await other.rotate(), hasStatus(200))
    },
  },
  {
    id: 'logout/everywhere',
    title: 'logout everywhere ends every device of this user and of nobody else',
    read: ['OWASP ASVS 5.0, 7.4.3'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const other = await t.loggedIn(account)
      const stranger = (await t.registered()).device
      const copies = [device.copy(), other.copy()]
      const answer = await device.logoutAll()
      expectAnswer(answer, onDevices(t, 204))
      if (answer.status === 501) expectAnswer(answer, hasCode('not_supported'))
      for (const copy of copies) {
        expectAnswer(await copy.rotate(), hasStatus(...renewsAfter(t)))
        // Where nothing can be ended, a copy lives on, as it does after a logout.
        const statuses = answer.status === 501 ? [200] : afterLogoutAll(t)
        expectAnswer(await copy.whoami(), hasStatus(...statuses))
      }
      expectAnswer(await stranger.rotate(), hasStatus(200))
    },
  },
  {
    id: 'logout/everywhere-while-others-renew',
    title: 'logout everywhere also ends a login that is being rotated or renewed',
    read: ['CWE-362', 'OWASP ASVS 5.0, 7.4.3'],
    run: async (t) => {
      for (let race = 0; race < RACES; race += 1) {
        const { device, account } = await t.registered()
        const other = await t.loggedIn(account)
        const overlapping = race % 2 === 0 ? other.rotate : other.renew
        const [ended] = await Promise.all([device.logoutAll(), overlapping()])
        expectAnswer(ended, onDevices(t, 204))
        expectAnswer(await other.rotate(), hasStatus(...renewsAfter(t)))
      }
    },
  },
  ...(['whoami', 'renew', 'rotate'] as const).map((overlapping): Row => ({
    id: `logout/overlapping-${overlapping}`,
    title: `a login that was ended does not come back through an overlapping ${overlapping}`,
    read: ['CWE-362', 'OWASP ASVS 5.0, 7.4.1'],
    needs: ['clock'],
    run: async (t) => {
      const own = await t.start()
      for (let race = 0; race < RACES; race += 1) {
        const { device } = await t.registered(own)
        // Sessions are due for renewal: even a read wants to write. Access tokens have expired.
        own.clock.advance(QUARTER_OF_IDLE_SECONDS + 1)
        if (t.target.server === 'jwt') await device.renew()
        const [tab, thief] = [device.copy(), device.copy()]
        const [, logout] = await Promise.all([tab[overlapping](), device.logout(), thief.whoami()])
        expectAnswer(logout, hasStatus(204))
        expectAnswer(await tab.rotate(), hasStatus(...renewsAfter(t)))
        expectAnswer(await thief.rotate(), hasStatus(...renewsAfter(t)))
      }
    },
  })),
  {
    id: 'logout/what-outlives-it-ends',
    title: 'a copy that outlives the logout ends with its deadline, at the latest 8 hours after',
    read: ['RFC 7519, section 4.1.4', 'OWASP ASVS 5.0, 7.3.2'],
    needs: ['clock'],
    run: async (t) => {
      const own = await t.start()
      const { device } = await t.registered(own)
      const copy = device.copy()
      expectAnswer(await device.logout(), hasStatus(204))
      own.clock.advance(8 * 3600 + 1)
      expectAnswer(await copy.whoami(), isRefused)
      expectAnswer(await copy.rotate(), isRefused)
    },
  },
  {
    id: 'logout/by-refresh-token',
    title: 'the refresh token logs out too, when the access token has expired',
    read: ['RFC 7009, section 2.1'],
    only: 'jwt',
    needs: ['clock'],
    run: async (t) => {
      const own = await t.start()
      const { device } = await t.registered(own)
      own.clock.advance(301)
      expectAnswer(await device.logout(), isRefused, hasCode('expired_credential'))
      const headers = { authorization: `Bearer ${device.refresh}` }
      expectAnswer(await device.sendBare('POST', paths.logout, headers), hasStatus(204))
      expectAnswer(await device.renew(), hasStatus(...renewsAfter(t)))
    },
  },
  {
    id: 'logout/then-log-in-again',
    title: 'after a logout the user can log in again',
    read: ['OWASP ASVS 5.0, 7.4.1'],
    run: async (t) => {
      const { device, account } = await t.registered()
      expectAnswer(await device.logout(), hasStatus(204))
      expectAnswer(await device.login(account), hasStatus(200))
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  },
]
