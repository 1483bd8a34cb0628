import { paths } from '@session-vs-jwt/http-contract'
import { hasStatus, isRefused } from '@session-vs-jwt/workbench'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import { isLoggedIn } from './answers.js'

const PRIVATE: readonly (readonly [method: string, path: string])[] = [
  ['GET', paths.whoami],
  ['GET', paths.me],
  ['PATCH', paths.me],
  ['DELETE', paths.me],
  ['GET', paths.users],
  ['GET', paths.posts],
  ['POST', paths.posts],
  ['GET', `${paths.posts}/00000000-0000-4000-8000-000000000000`],
  ['DELETE', `${paths.posts}/00000000-0000-4000-8000-000000000000`],
  ['GET', paths.devices],
  ['DELETE', `${paths.devices}/00000000-0000-4000-8000-000000000000`],
  ['POST', paths.logout],
  ['POST', paths.logoutAll],
  ['POST', paths.renewAccess],
  ['POST', paths.rotateRefresh],
]

/** `GET /auth/whoami`, and who may pass at all. */
export const whoamiRows: readonly Row[] = [
  {
    id: 'whoami/names-the-owner',
    title: 'id and email of the owner, issued before it expires, in UTC',
    read: ['RFC 3339, section 5.6', 'RFC 7519, section 4.1'],
    run: async (t) => {
      const { device, account, answer: registration } = await t.registered()
      const answer = await device.whoami()
      expectAnswer(answer, isLoggedIn)
      const { id, email, issuedAt, expiresAt } = answer.body
      const isOwn = id === registration.body.user.id && email === account.email
      expectThat(isOwn, `the id ${registration.body.user.id} and ${account.email}`, answer)
      expectThat(Date.parse(expiresAt) > Date.parse(issuedAt), 'issuedAt before expiresAt', answer)
    },
  },
  ...PRIVATE.map(([method, path]): Row => ({
    id: `whoami/nobody-at-${method}-${path.replace(/00000000-.*/, ':id')}`,
    title: `${method} ${path.replace(/00000000-.*/, ':id')} without a credential is a 401 that says what to send`,
    read: ['RFC 9110, section 15.5.2'],
    run: async (t) => {
      const answer = await t.device().sendBare(method, path)
      expectAnswer(answer, isRefused, hasCode('missing_credential'))
    },
  })),
  {
    id: 'whoami/two-users-are-two',
    title: 'every credential names its own user, also when requests overlap',
    read: ['CWE-488'],
    run: async (t) => {
      const users = await Promise.all(Array.from({ length: 5 }, () => t.registered()))
      const asked = Array.from({ length: 4 }, () => users).flat()
      const answers = await Promise.all(asked.map(({ device }) => device.whoami()))
      answers.forEach((answer, index) => {
        expectAnswer(answer, hasStatus(200))
        const email = asked[index]?.account.email
        expectThat(answer.body.email === email, `the email ${email}`, answer)
      })
    },
  },
]
