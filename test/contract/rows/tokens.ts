import { createHmac, createPublicKey, randomUUID } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { hasStatus, isRefused } from '@session-vs-jwt/workbench'
import type { Answer, Device } from '../../device.js'
import { NotApplicable, type Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import type { Trial } from '../suite/trial.js'
import { isLoggedIn } from './answers.js'
import { TUTORIAL_SECRETS } from './tutorial-secrets.js'

type Json = Record<string, unknown>

const PRIVATE = [paths.whoami, paths.me, paths.users, paths.posts, paths.devices]

/** What is demanded of tokens, beyond what they open. */
export const tokenRows: readonly Row[] = [
  ...(['access', 'refresh'] as const).map((type): Row => ({
    id: `tokens/claims-of-${type}`,
    title: `the ${type} token: sub, email, type, iat, exp, iss, aud, jti; ${type === 'access' ? 300 : 3600} s`,
    read: ['RFC 7519, section 4.1'],
    only: 'jwt',
    run: async (t) => {
      const { device, account, answer } = await t.registered()
      const claims = part(device[type], 1)
      const { id } = answer.body.user
      expectThat(claims['sub'] === id, `sub: ${id}`, answer, JSON.stringify(claims))
      const rest = { email: account.email, type }
      for (const [name, value] of Object.entries(rest)) {
        expectThat(claims[name] === value, `${name}: ${value}`, answer, JSON.stringify(claims))
      }
      for (const name of ['iss', 'aud', 'jti']) {
        const isText = typeof claims[name] === 'string' && claims[name] !== ''
        expectThat(isText, `${name}: a text`, answer, JSON.stringify(claims))
      }
      const life = Number(claims['exp']) - Number(claims['iat'])
      const wanted = type === 'access' ? 300 : 3600
      expectThat(life === wanted, `exp ${wanted} s after iat`, answer, JSON.stringify(claims))
    },
  })),
  {
    id: 'tokens/two-logins-two-jti',
    title: 'no two tokens have the same jti',
    read: ['RFC 7519, section 4.1.7'],
    only: 'jwt',
    run: async (t) => {
      const { device, account } = await t.registered()
      const seen = [part(device.access, 1)['jti'], part(device.refresh, 1)['jti']]
      const other = await t.loggedIn(account)
      seen.push(part(other.access, 1)['jti'], part(other.refresh, 1)['jti'])
      const renewed = await device.renew()
      seen.push(part(device.access, 1)['jti'])
      expectThat(new Set(seen).size === seen.length, 'five different jti', renewed, seen.join(', '))
    },
  },
  {
    id: 'tokens/refresh-opens-nothing',
    title: 'a refresh token opens no private route',
    read: ['RFC 9700, section 4.14.2', 'RFC 8725, section 3.12'],
    only: 'jwt',
    run: async (t) => {
      const { device } = await t.registered()
      for (const path of PRIVATE) expectAnswer(await send(device, path, device.refresh), isRefused)
      expectAnswer(await send(device, paths.logoutAll, device.refresh, 'POST'), isRefused)
      expectAnswer(await device.rotate(), hasStatus(200))
    },
  },
  {
    id: 'tokens/access-renews-nothing',
    title: 'an access token renews nothing and rotates nothing',
    read: ['RFC 8725, section 3.12'],
    only: 'jwt',
    run: async (t) => {
      const { device } = await t.registered()
      for (const path of [paths.renewAccess, paths.rotateRefresh]) {
        expectAnswer(await send(device, path, device.access, 'POST'), isRefused)
      }
      expectAnswer(await device.rotate(), hasStatus(200))
    },
  },
  forgery(
    'alg-none',
    'the algorithm "none", in any case, without a signature',
    'RFC 8725, section 2.1',
    (token) =>
      ['none', 'None', 'NONE', 'nOnE'].flatMap((alg) => [
        written({ ...part(token, 0), alg }, part(token, 1), ''),
        written({ alg, typ: 'JWT' }, part(token, 1), ''),
      ]),
  ),
  forgery(
    'no-signature',
    'a signature that was stripped, cut or changed',
    'RFC 7515, section 5.2',
    (token) => {
      const [head = '', claims = '', signature = ''] = token.split('.')
      return [
        `${head}.${claims}.`,
        `${head}.${claims}`,
        `${head}.${claims}.${signature.slice(0, -4)}`,
        `${head}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      ]
    },
  ),
  forgery(
    'changed-claims',
    'another sub, email or type, or a later exp, below the old signature',
    'RFC 7519, section 7.2',
    (token) => {
      const claims = part(token, 1)
      const exp = Number(claims['exp']) + 86_400
      const type = claims['type'] === 'access' ? 'refresh' : 'access'
      const changes = [{ sub: randomUUID() }, { exp }, { email: 'root@example.org' }, { type }]
      return changes.map((it) => written(part(token, 0), { ...claims, ...it }, signatureOf(token)))
    },
  ),
  forgery(
    'foreign-key',
    'a signature by a key that is not the server’s',
    'RFC 7515, section 5.2',
    (token) =>
      ['', '\0', 'x', JSON.stringify(part(token, 0))].map((secret) =>
        signed({ ...part(token, 0), alg: 'HS256' }, part(token, 1), secret),
      ),
  ),
  {
    id: 'tokens/public-key-as-secret',
    title: 'HS256 keyed with the public key (algorithm confusion) is refused',
    read: ['RFC 8725, section 2.1'],
    only: 'jwt',
    run: async (t) => {
      const at = t.target.control ? await t.start({ env: t.control.asymmetricKeys() }) : t.target
      const { device } = await t.registered(at)
      const keys = (await device.sendBare('GET', paths.jwks)).body?.keys ?? []
      if (keys.length === 0) throw new NotApplicable('the server publishes no public key')
      expectAnswer(await device.whoami(), isLoggedIn)
      for (const secret of keys.flatMap(formsOf)) {
        const token = signed(
          { ...part(device.access, 0), alg: 'HS256' },
          part(device.access, 1),
          secret,
        )
        expectAnswer(await send(device, paths.whoami, token), isRefused)
      }
    },
  },
  {
    id: 'tokens/secret-of-a-tutorial',
    title: 'the signature is not made with a secret that stands in a tutorial',
    read: ['RFC 8725, section 3.5', 'RFC 7518, section 3.2'],
    only: 'jwt',
    run: async (t) => {
      const { device, answer } = await t.registered()
      for (const [type, token] of [
        ['access', device.access],
        ['refresh', device.refresh],
      ] as const) {
        const found = TUTORIAL_SECRETS.find((secret) => isSignedWith(token, secret))
        const came = `an ${type} token that anybody can sign, with the secret "${found}"`
        expectThat(found === undefined, 'a secret of 256 random bits', answer, came)
      }
    },
  },
  ...(['JWT_ISSUER', 'JWT_AUDIENCE'] as const).map((name): Row => ({
    id: `tokens/another-${name.slice('JWT_'.length).toLowerCase()}`,
    title: `a token of another ${name === 'JWT_ISSUER' ? 'issuer' : 'audience'} is refused, by the same key or not`,
    read: ['RFC 8725, sections 3.8 and 3.9', 'RFC 7519, section 4.1'],
    only: 'jwt',
    needs: ['settings'],
    run: async (t) => {
      const other = await t.start({ env: { [name]: 'https://other.example' } })
      const { device } = await t.registered(other)
      expectAnswer(await device.whoami(), isLoggedIn)
      const here = device.at(t.target)
      expectAnswer(await here.whoami(), isRefused, hasCode('invalid_credential'))
      expectAnswer(await here.rotate(), isRefused, hasCode('invalid_credential'))
    },
  })),
  {
    id: 'tokens/expire',
    title: 'an access token dies with its exp, and is renewed until the refresh token dies',
    read: ['RFC 7519, section 4.1.4', 'RFC 6750, section 3.1'],
    only: 'jwt',
    needs: ['clock'],
    run: async (t) => {
      const own = await t.start()
      const { device } = await t.registered(own)
      own.clock.advance(301)
      const expired = await device.whoami()
      expectAnswer(expired, isRefused, hasCode('expired_credential'), ({ headers }) =>
        /^Bearer realm="[^"]+", error="invalid_token"/.test(String(headers['www-authenticate']))
          ? undefined
          : 'a Bearer challenge with error="invalid_token"',
      )
      expectAnswer(await device.renew(), hasStatus(200))
      expectAnswer(await device.whoami(), isLoggedIn)
      own.clock.advance(3600)
      expectAnswer(await device.renew(), isRefused, hasCode('expired_credential'))
    },
  },
]

/** A row with tokens that must open nothing; each is made from one that does. */
function forgery(
  what: string,
  title: string,
  read: string,
  forge: (token: string) => readonly string[],
): Row {
  return {
    id: `tokens/${what}`,
    title: `refused: ${title}`,
    read: [read],
    only: 'jwt',
    run: async (t: Trial) => {
      const { device } = await t.registered()
      for (const token of forge(device.access)) {
        expectAnswer(
          await send(device, paths.whoami, token),
          isRefused,
          hasCode('invalid_credential'),
        )
      }
      for (const token of forge(device.refresh)) {
        expectAnswer(await send(device, paths.renewAccess, token, 'POST'), isRefused)
      }
      expectAnswer(await device.whoami(), isLoggedIn)
    },
  }
}

async function send(device: Device, path: string, token: string, method = 'GET'): Promise<Answer> {
  return device.sendBare(method, path, { authorization: `Bearer ${token}` })
}

/** Header or payload of a token; empty if it has none. */
/** Header or claims of a token; empty for what is none. */
export function part(token: string, index: 0 | 1): Json {
  try {
    return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) as Json
  } catch {
    return {}
  }
}

const signatureOf = (token: string): string => token.split('.')[2] ?? ''

const encoded = (json: Json): string => Buffer.from(JSON.stringify(json)).toString('base64url')

const written = (header: Json, claims: Json, signature: string): string =>
  `${encoded(header)}.${encoded(claims)}.${signature}`

function signed(header: Json, claims: Json, secret: string | Buffer): string {
  const input = `${encoded(header)}.${encoded(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

function isSignedWith(token: string, secret: string): boolean {
  const input = token.slice(0, token.lastIndexOf('.'))
  return ['sha256', 'sha384', 'sha512'].some(
    (hash) => createHmac(hash, secret).update(input).digest('base64url') === signatureOf(token),
  )
}

/** The forms in which a verifier may hold a public key. */
function formsOf(jwk: Json): (string | Buffer)[] {
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const pem = key.export({ type: 'spki', format: 'pem' })
  return [
    pem,
    pem.toString().trim(),
    key.export({ type: 'spki', format: 'der' }),
    JSON.stringify(jwk),
  ]
}
