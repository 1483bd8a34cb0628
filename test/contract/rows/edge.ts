import { createPublicKey, verify } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { hasStatus } from '@session-vs-jwt/workbench'
import { NotApplicable, type Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import { saysWhenToRetry } from './answers.js'

/** What surrounds the endpoints: health, keys, caching. */
export const edgeRows: readonly Row[] = [
  ...([paths.live, paths.ready] as const).map((path): Row => ({
    id: `health/${path.slice(path.lastIndexOf('/') + 1)}`,
    title: `GET ${path} is 200 for anybody, while all is well`,
    read: ['RFC 9110, section 15.3.1'],
    run: async (t) => expectAnswer(await t.device().sendBare('GET', path), hasStatus(200)),
  })),
  {
    id: 'health/without-redis',
    title: 'with Redis stopped: live, not ready, and a login is a 503; each 503 says when to retry',
    read: ['RFC 9110, section 15.6.4', 'OWASP ASVS 5.0, 6.3.1'],
    needs: ['stores'],
    run: async (t) => {
      const own = await t.start({ ownRedis: true })
      const { account } = await t.registered(own)
      await own.stopRedis()
      const device = t.device(own)
      expectAnswer(await device.sendBare('GET', paths.live), hasStatus(200))
      expectAnswer(await device.sendBare('GET', paths.ready), hasStatus(503), saysWhenToRetry)
      // Tries that cannot be counted are no tries: guesses stay bounded under every strategy.
      const login = await device.login(account)
      expectAnswer(login, hasStatus(503), hasCode('store_unavailable'), saysWhenToRetry)
    },
  },
  {
    id: 'cache/no-store',
    title: 'nothing that carries or depends on a credential is ever stored, refusals included',
    read: ['RFC 9111, section 5.2.2.5', 'OWASP ASVS 5.0, 14.3.2'],
    run: async (t) => {
      const { device, answer } = await t.registered()
      const answers = [answer, await device.whoami(), await device.send('GET', paths.me)]
      answers.push(await device.renew(), await device.rotate(), await t.device().whoami())
      for (const it of answers) {
        expectAnswer(it, ({ headers }) =>
          /\bno-store\b/.test(String(headers['cache-control']))
            ? undefined
            : 'Cache-Control: no-store',
        )
      }
    },
  },
  {
    id: 'keys/verify-what-was-signed',
    title: 'with RS256 or ES256 the published keys verify the tokens, and are public ones only',
    read: ['RFC 7517, section 4', 'RFC 7515, section 5.2'],
    only: 'jwt',
    run: async (t) => {
      const at = t.target.control ? await t.start({ env: t.control.asymmetricKeys() }) : t.target
      const { device } = await t.registered(at)
      const answer = await device.sendBare('GET', paths.jwks)
      if (answer.status === 404) throw new NotApplicable('the server publishes no public key')
      expectAnswer(answer, hasStatus(200))
      const keys = answer.body.keys as Record<string, unknown>[]
      const isPublic = keys.every((key) => !('d' in key) && key['kty'] !== 'oct')
      expectThat(isPublic, 'keys without their private part', answer)
      const [head = '', claims = '', signature = ''] = device.access.split('.')
      const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid?: string }
      const jwk = keys.find((it) => it['kid'] === kid)
      expectThat(jwk !== undefined, `the key with the kid "${kid}" of the token`, answer)
      const key = createPublicKey({ key: jwk ?? {}, format: 'jwk' })
      const isVerified = verify(
        'sha256',
        Buffer.from(`${head}.${claims}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      )
      expectThat(isVerified, 'a key that verifies the token', answer)
    },
  },
]
