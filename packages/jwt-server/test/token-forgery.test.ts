import { createPublicKey, sign as cryptoSign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  NOW,
  SECONDS,
  CLAIMS,
  PAYLOAD,
  oct,
  rsa,
  ec,
  asymmetric,
  ring,
  RINGS,
  signer,
  access,
  base64url,
  hmac,
  HS,
  hs256,
  written,
  HEADER,
  forged,
  codeOf,
  REFUSED,
} from './token-fixtures.js'

describe('the algorithm (RFC 8725, sections 2.1 and 3.1)', () => {
  test.each(['none', 'None', 'NONE', 'nOnE'])('%s is refused', (alg) => {
    for (const head of [
      { alg, typ: 'JWT' },
      { ...HEADER, alg },
    ]) {
      expect(codeOf(forged(head, PAYLOAD, () => ''))).toBe(REFUSED)
      expect(codeOf(forged(head, PAYLOAD))).toBe(REFUSED)
    }
  })

  test('HS256 keyed with the public RSA key is refused', () => {
    const verifier = signer(RINGS.RS256)
    const publicKey = createPublicKey(rsa)
    const forms = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'pkcs1', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ]
    for (const secret of forms) {
      expect(codeOf(forged({ ...HEADER, kid: 'r1' }, PAYLOAD, hmac(256, secret)), verifier)).toBe(
        REFUSED,
      )
    }
  })

  test.each([384, 512] as const)('HS%i with the right secret is refused', (bits) => {
    expect(codeOf(forged({ ...HEADER, alg: `HS${bits}` }, PAYLOAD, hmac(bits, HS.signWith)))).toBe(
      REFUSED,
    )
    expect(codeOf(forged(HEADER, PAYLOAD, hmac(bits, HS.signWith)))).toBe(REFUSED)
  })

  test('RS512 and PS256 with the right key are refused', () => {
    const verifier = signer(RINGS.RS256)
    const rs512 = (input: string) => base64url(cryptoSign('sha512', Buffer.from(input), rsa))
    expect(codeOf(forged({ alg: 'RS512', typ: 'JWT', kid: 'r1' }, PAYLOAD, rs512), verifier)).toBe(
      REFUSED,
    )
    const pss = { key: rsa, padding: 6, saltLength: 32 }
    const ps256 = (input: string) => base64url(cryptoSign('sha256', Buffer.from(input), pss))
    expect(codeOf(forged({ alg: 'PS256', typ: 'JWT', kid: 'r1' }, PAYLOAD, ps256), verifier)).toBe(
      REFUSED,
    )
  })

  test('ES256 with a signature of zeros (CVE-2022-21449) or in DER is refused', () => {
    const verifier = signer(RINGS.ES256)
    const head = { alg: 'ES256', typ: 'JWT', kid: 'e1' }
    expect(
      codeOf(
        forged(head, PAYLOAD, () => base64url(Buffer.alloc(64))),
        verifier,
      ),
    ).toBe(REFUSED)
    const der = (input: string) => base64url(cryptoSign('sha256', Buffer.from(input), ec))
    expect(codeOf(forged(head, PAYLOAD, der), verifier)).toBe(REFUSED)
  })

  test('is that of the key: one ring may have several, and each keeps its own', () => {
    const mixed = signer(ring(oct('h1', 1), asymmetric('r1', 'RS256', rsa)))
    expect(mixed.verify(signer(RINGS.RS256).sign(CLAIMS), NOW).sub).toBe(CLAIMS.sub)
    expect(codeOf(forged({ ...HEADER, kid: 'r1' }), mixed)).toBe(REFUSED)
    expect(codeOf(forged({ ...HEADER, alg: 'RS256' }), mixed)).toBe(REFUSED)
  })
})

describe('the header', () => {
  test.each([
    ['no kid', { alg: 'HS256', typ: 'JWT' }],
    ['an empty kid', { ...HEADER, kid: '' }],
    ['an unknown kid', { ...HEADER, kid: 'h9' }],
    ['the kid of another ring', { ...HEADER, kid: 'r1' }],
    ['a kid that is a path', { ...HEADER, kid: '../../dev/null' }],
    ['a kid that is a name of Object', { ...HEADER, kid: '__proto__' }],
    ['a kid that is no string', { ...HEADER, kid: ['h1'] }],
    ['no typ', { alg: 'HS256', kid: 'h1' }],
    ['another typ (RFC 8725, section 3.11)', { ...HEADER, typ: 'at+jwt' }],
    ['typ in lower case', { ...HEADER, typ: 'jwt' }],
    ['no alg', { typ: 'JWT', kid: 'h1' }],
    ['alg in lower case', { ...HEADER, alg: 'hs256' }],
    ['crit (RFC 7515, section 4.1.11)', { ...HEADER, crit: ['exp'] }],
    ['crit of an unknown extension', { ...HEADER, crit: ['x'], x: true }],
    ['b64 (RFC 7797)', { ...HEADER, b64: false, crit: ['b64'] }],
    ['a key of its own (RFC 8725, section 3.10)', { ...HEADER, jwk: oct('h1', 1) }],
    ['the address of a key', { ...HEADER, jku: 'https://evil.example/jwks.json' }],
    ['a certificate', { ...HEADER, x5c: ['MIIB'] }],
    ['the address of a certificate', { ...HEADER, x5u: 'https://evil.example/x5u' }],
    ['cty', { ...HEADER, cty: 'JWT' }],
    ['zip', { ...HEADER, zip: 'DEF' }],
    ['any unknown member', { ...HEADER, x: 1 }],
  ])('with %s is refused, though the signature is right', (_what, head) => {
    expect(codeOf(forged(head))).toBe(REFUSED)
  })

  test.each([
    ['alg twice', '{"alg":"none","alg":"HS256","typ":"JWT","kid":"h1"}'],
    ['kid twice', '{"alg":"HS256","typ":"JWT","kid":"h9","kid":"h1"}'],
    ['its members in another order', '{"typ":"JWT","alg":"HS256","kid":"h1"}'],
    ['space', '{"alg": "HS256","typ":"JWT","kid":"h1"}'],
    ['an escape', '{"\\u0061lg":"HS256","typ":"JWT","kid":"h1"}'],
    ['a byte order mark', '\ufeff{"alg":"HS256","typ":"JWT","kid":"h1"}'],
    ['an array around it', '[{"alg":"HS256","typ":"JWT","kid":"h1"}]'],
    ['null in its place', 'null'],
    ['no JSON', 'alg=HS256'],
    ['nothing', ''],
  ])('written with %s is refused (RFC 8725, section 2.4)', (_what, head) => {
    expect(codeOf(written(head, JSON.stringify(PAYLOAD)))).toBe(REFUSED)
  })
})

describe('the claims', () => {
  const { sid, ...withoutSid } = PAYLOAD

  test('may leave out sid, and nothing else', () => {
    expect(sid).toBeDefined()
    expect(access.verify(forged(HEADER, withoutSid), NOW)).toStrictEqual(withoutSid)
    for (const name of Object.keys(withoutSid)) {
      expect(codeOf(forged(HEADER, { ...PAYLOAD, [name]: undefined }))).toBe(REFUSED)
      expect(codeOf(forged(HEADER, { ...PAYLOAD, [name]: null }))).toBe(REFUSED)
    }
  })

  test.each([
    ['another issuer', { iss: 'another issuer' }],
    ['several issuers', { iss: ['the issuer'] }],
    ['another audience', { aud: 'another audience' }],
    ['an audience in a list', { aud: ['the audience'] }],
    ['our audience among others', { aud: ['the audience', 'another'] }],
    ['no uuid as subject', { sub: 'alice' }],
    ['an object as subject', { sub: { $ne: null } }],
    ['a number as email', { email: 1 }],
    ['the type of a refresh token', { type: 'refresh' }],
    ['another type', { type: 'id' }],
    ['a type in a list', { type: ['access'] }],
    ['a time as text', { exp: String(PAYLOAD.exp) }],
    ['a time in fractions', { exp: PAYLOAD.exp + 0.5 }],
    ['a time that is beyond all numbers', { exp: 2 ** 53 }],
    ['iat as text', { iat: String(PAYLOAD.iat) }],
    ['iat in the future', { iat: SECONDS + 1 }],
    ['nbf in the past, which we never write', { nbf: SECONDS - 1 }],
    ['nbf in the future (RFC 7519, section 4.1.5)', { nbf: SECONDS + 60 }],
    ['no uuid as sid', { sid: '../x' }],
    ['a claim that we do not know', { admin: true }],
  ])('with %s are refused, though the signature is right', (_what, change) => {
    expect(codeOf(forged(HEADER, { ...PAYLOAD, ...change }))).toBe(REFUSED)
  })

  test.each([
    ['sub twice', (text: string) => text.replace('{', `{"sub":"${CLAIMS.jti}",`)],
    ['exp twice', (text: string) => text.replace('}', `,"exp":${SECONDS + 9_999}}`)],
    ['space', (text: string) => text.replaceAll(',', ', ')],
    ['a line end behind it', (text: string) => `${text}\n`],
    ['an escape', (text: string) => text.replace('"sub"', '"\\u0073ub"')],
    ['a number in another form', (text: string) => text.replace(/"exp":(\d+)/, '"exp":$1.0')],
    ['a number with an exponent', (text: string) => text.replace(/"exp":\d+/, '"exp":2e9')],
    ['more behind it', (text: string) => `${text}{}`],
  ])('written with %s are refused (RFC 7519, section 4)', (_what, change) => {
    const text = JSON.stringify(PAYLOAD)
    expect(change(text)).not.toBe(text)
    expect(codeOf(written(JSON.stringify(HEADER), change(text)))).toBe(REFUSED)
  })

  test.each(['', 'text', 'null', '[]', '"text"', '1', 'true', '{}', '{"exp"'])(
    'that are %j are refused',
    (payload) => {
      expect(codeOf(written(JSON.stringify(HEADER), payload))).toBe(REFUSED)
    },
  )
})

describe('the encoding (RFC 7515, sections 2 and 7.1)', () => {
  const token = access.sign(CLAIMS)
  const [head, body, signature] = token.split('.') as [string, string, string]
  /** The same bytes with other bits behind the last one: 43 characters leave two of them over. */
  const trailing = (part: string): string => {
    const bytes = Buffer.from(part, 'base64url')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet[alphabet.indexOf(String(part.at(-1))) + 1]
    const other = `${part.slice(0, -1)}${last}`
    expect(Buffer.from(other, 'base64url').equals(bytes)).toBe(true)
    return other
  }

  test('of bits behind the last byte is canonical', () => {
    expect(codeOf(`${head}.${body}.${trailing(signature)}`)).toBe(REFUSED)
    // A header of a length that leaves bits over, signed as it stands.
    const input = `${trailing(base64url(JSON.stringify(HEADER)))}.${body}`
    expect(codeOf(`${input}.${hs256(input)}`)).toBe(REFUSED)
  })

  test('has no padding, and the alphabet of base64url', () => {
    expect(codeOf(`${head}.${body}.${signature}=`)).toBe(REFUSED)
    expect(codeOf(`${head}=.${body}.${signature}`)).toBe(REFUSED)
    for (let i = 0; ; i += 1) {
      const one = access.sign({ ...CLAIMS, email: `${i}\u00ff\u00ff\u00ff@example.org` })
      const plain = one.replaceAll('-', '+').replaceAll('_', '/')
      if (plain === one) continue
      expect(codeOf(plain)).toBe(REFUSED)
      break
    }
  })

  test.each([
    ['a space before', ` ${token}`],
    ['a space behind', `${token} `],
    ['a line end behind', `${token}\n`],
    ['a space within', `${head} .${body}.${signature}`],
    ['a NUL behind', `${token}\0`],
    ['a character outside ASCII', `${head}.${body}\u00e4.${signature}`],
    ['one part', head],
    ['two parts', `${head}.${body}`],
    ['four parts', `${token}.${signature}`],
    ['a dot behind', `${token}.`],
    ['a dot before', `.${token}`],
    ['five parts, as an encrypted token has', `${token}.a.b`],
    ['dots only', '..'],
    ['nothing', ''],
    ['the whole in base64url', base64url(token)],
    ['JSON serialization', JSON.stringify({ protected: head, payload: body, signature })],
  ])('with %s is refused', (_what, text) => {
    expect(codeOf(text)).toBe(REFUSED)
  })

  test('of something huge is refused', () => {
    expect(codeOf('a'.repeat(1_000_000))).toBe(REFUSED)
    expect(codeOf('.'.repeat(1_000_000))).toBe(REFUSED)
    expect(codeOf(forged(HEADER, { ...PAYLOAD, x: 'x'.repeat(1_000_000) }))).toBe(REFUSED)
    expect(
      codeOf(written('['.repeat(100_000) + ']'.repeat(100_000), JSON.stringify(PAYLOAD))),
    ).toBe(REFUSED)
    expect(codeOf(written(JSON.stringify(HEADER), '['.repeat(100_000) + ']'.repeat(100_000)))).toBe(
      REFUSED,
    )
  })
})

test('claims that are no UTF-8 are refused (RFC 7519, section 7.2)', () => {
  const payload = JSON.stringify({ ...PAYLOAD, email: '\u00e4@x.org' })
  const signed = (encoding: BufferEncoding) => {
    const input = `${base64url(JSON.stringify(HEADER))}.${base64url(Buffer.from(payload, encoding))}`
    return `${input}.${hs256(input)}`
  }
  expect(access.verify(signed('utf8'), NOW).email).toBe('\u00e4@x.org')
  expect(codeOf(signed('latin1'))).toBe(REFUSED)
})
