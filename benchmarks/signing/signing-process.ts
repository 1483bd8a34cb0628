// Signs and verifies for a while, alone in a process.
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { SigningOrder, SigningReport } from './signing-order.js'

type Key = KeyObject | string

process.on('message', (order: SigningOrder) => process.send?.(run(order)))
process.on('disconnect', () => process.exit())
process.on('SIGINT', () => undefined)

function run({ algorithm, jwk, asString, operation, seconds }: SigningOrder): SigningReport {
  const { signing, verifying } = keysOf(algorithm, jwk, asString)
  const claims = {
    sub: '01890a5d-ac96-774b-bcce-b302099a8057',
    email: '0123456789abcdef@example.org',
    type: 'access',
    jti: '01890a5d-ac96-774b-bcce-b302099a8058',
  }
  const sign = (): string =>
    jwt.sign(claims, signing, { algorithm, expiresIn: 300, issuer: 'iss', audience: 'aud' })
  const token = sign()
  const options = { algorithms: [algorithm], issuer: 'iss', audience: 'aud' }
  const act = operation === 'sign' ? sign : () => jwt.verify(token, verifying, options)
  repeat(act, seconds / 3)
  return { ...repeat(act, seconds), tokenBytes: token.length }
}

function repeat(act: () => unknown, seconds: number): Omit<SigningReport, 'tokenBytes'> {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  let times = 0
  while (performance.now() - startedAt < seconds * 1_000) {
    for (let i = 0; i < 10; i += 1) act()
    times += 10
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  return { times, seconds: (performance.now() - startedAt) / 1_000, cpuMs: (user + system) / 1_000 }
}

function keysOf(
  algorithm: SigningOrder['algorithm'],
  jwk: Readonly<Record<string, string>>,
  asString: boolean,
): { signing: Key; verifying: Key } {
  if (algorithm === 'HS256') {
    const secret = jwk['k'] ?? ''
    const key = asString ? secret : createSecretKey(Buffer.from(secret, 'base64url'))
    return { signing: key, verifying: key }
  }
  const signing = createPrivateKey({ key: jwk, format: 'jwk' })
  return { signing, verifying: createPublicKey(signing) }
}
