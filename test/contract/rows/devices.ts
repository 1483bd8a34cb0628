import { paths } from '@session-vs-jwt/http-contract'
import { type Expectation, hasBody, hasStatus } from '@session-vs-jwt/workbench'
import type { Answer, Device } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import { afterLogout, onDevices, renewsAfter } from './promised.js'

const NO_DEVICE = `${paths.devices}/01a208f4-c0a1-70cc-bfab-000000000000`

type Listed = { readonly id: string; readonly current: boolean; readonly userAgent: unknown }

/** 501 from a server that keeps nothing that it could list. */
const notSupported: Expectation = (answer) =>
  hasStatus(501)(answer, undefined) ?? hasCode('not_supported')(answer, undefined)

/** `GET /auth/devices` and `DELETE /auth/devices/:id` */
export const deviceRows: readonly Row[] = [
  {
    id: 'devices/listed',
    title: 'every login of this user, the asking one marked; 501 if none is kept',
    read: ['OWASP ASVS 5.0, 7.5.2'],
    run: async (t) => {
      const { device, account } = await t.registered()
      await t.loggedIn(account)
      await t.registered()
      const answer = await device.devices()
      if (answer.status === 501 && t.promised('devices', { true: 200, false: 501 }).includes(501)) {
        expectAnswer(answer, notSupported)
        return
      }
      expectAnswer(answer, hasStatus(200), hasBody('deviceList'))
      const devices = listed(answer)
      const current = devices.filter(({ current: it }) => it)
      expectThat(devices.length === 2 && current.length === 1, 'two, one of them current', answer)
      const agent = answer.exchange.requestHeaders['user-agent']
      expectThat(current[0]?.userAgent === agent, `the User-Agent of its login: ${agent}`, answer)
    },
  },
  {
    id: 'devices/end-one',
    title: 'one login is ended, its credential with it, and the others stay',
    read: ['OWASP ASVS 5.0, 7.5.2'],
    run: async (t) => {
      const { device, account } = await t.registered()
      const other = await t.loggedIn(account)
      const id = await otherId(device)
      const ended = await device.send('DELETE', id ? `${paths.devices}/${id}` : NO_DEVICE)
      expectAnswer(ended, onDevices(t, 204))
      expectAnswer(await other.whoami(), hasStatus(...afterLogout(t)))
      expectAnswer(await other.rotate(), hasStatus(...renewsAfter(t)))
      expectAnswer(await device.rotate(), hasStatus(200))
    },
  },
  {
    id: 'devices/not-of-others',
    title: 'the login of somebody else is a 404, and goes on',
    read: ['OWASP API Security Top 10, API1 (object level authorization)'],
    run: async (t) => {
      const { device, account } = await t.registered()
      await t.loggedIn(account)
      const stranger = (await t.registered()).device
      const id = await otherId(device)
      const answer = await stranger.send('DELETE', id ? `${paths.devices}/${id}` : NO_DEVICE)
      expectAnswer(answer, onDevices(t, 404))
      expectAnswer(await device.rotate(), hasStatus(200))
    },
  },
  {
    id: 'devices/id-without-case',
    title: 'an id in capitals is the same id',
    read: ['RFC 9562, section 4'],
    run: async (t) => {
      const { device, account } = await t.registered()
      await t.loggedIn(account)
      const id = (await otherId(device))?.toUpperCase()
      const answer = await device.send('DELETE', id ? `${paths.devices}/${id}` : NO_DEVICE)
      expectAnswer(answer, onDevices(t, 204))
    },
  },
  {
    id: 'devices/none-at-%00',
    title: 'a path that cannot be decoded names no login: 404, or 400 as many proxies answer',
    read: ['RFC 3986, section 2.1', 'RFC 9110, sections 15.5.1 and 15.5.5'],
    run: async (t) => {
      const { device } = await t.registered()
      const answer = await device.send('DELETE', `${paths.devices}/%00`)
      if (answer.status !== 400) expectAnswer(answer, onDevices(t, 404))
    },
  },
  ...[NO_DEVICE, `${paths.devices}/1`].map((path): Row => ({
    id: `devices/none-at-${path.slice(paths.devices.length + 1)}`,
    title: 'an id that names no login is a 404',
    read: ['RFC 9110, section 15.5.5'],
    run: async (t) => {
      const { device } = await t.registered()
      const answer = await device.send('DELETE', path)
      expectAnswer(answer, onDevices(t, 404))
    },
  })),
]

const listed = ({ body }: Answer): readonly Listed[] => body?.devices ?? []

/** The id of a login that is not the asking one; undefined where none is kept. */
async function otherId(device: Device): Promise<string | undefined> {
  return listed(await device.devices()).find(({ current }) => !current)?.id
}
