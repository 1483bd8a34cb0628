import jwt from 'jsonwebtoken'
import { beforeEach, describe, expect, test } from 'vitest'
import type { JwtConfig } from '../src/config.js'
import type { JwtContext, TokenDeps } from '../src/ports.js'
import { MemoryRefreshFamilies } from '../src/stores/memory.js'
import type { SpentTokenPolicy } from '../src/stores/spent-token-policy.js'
import { issue } from '../src/tokens/issue.js'
import { renew } from '../src/tokens/renew.js'
import { rotate } from '../src/tokens/rotate.js'
import { NOW, RINGS } from './token-fixtures.js'

const USER = {
  id: '0190f7d5-6c1e-7b6a-8f3d-1c2b3a4d5e6f',
  nickname: 'alice',
  email: 'alice@example.org',
  createdAt: NOW,
}

let now: number
let deps: TokenDeps
let ctx: JwtContext
let first: string

async function login(refreshPolicy: SpentTokenPolicy, families = true): Promise<void> {
  now = NOW.getTime()
  const clock = (): Date => new Date(now)
  const lives = { accessSeconds: 300, refreshSeconds: 600, familySeconds: 1_000 }
  const keys = { accessKeys: RINGS.HS256, refreshKeys: RINGS.ES256 }
  const settings = { issuer: 'i', audience: 'a', clockTolerance: 0, graceSeconds: 10 }
  const config = { ...lives, ...keys, ...settings, refreshPolicy } as JwtConfig
  const store = new MemoryRefreshFamilies({ clock, policy: refreshPolicy, denyMs: 0 })
  deps = { config, clock, newId: () => crypto.randomUUID() }
  ctx = { ports: { jwt, families: families ? store : undefined }, get: () => '' } as never
  first = (await issue(ctx, USER, 1, deps)).refreshToken
}
beforeEach(async () => login('strict'))

const claims = (token = ''): jwt.JwtPayload => jwt.decode(token, { json: true }) ?? {}

describe('a refresh token', () => {
  test.each([renew, rotate])('works once, wherever it is sent: $name first', async (spend) => {
    await spend(ctx, first, deps)
    await expect(renew(ctx, first, deps)).rejects.toMatchObject({ code: 'reused_credential' })
    await expect(rotate(ctx, first, deps)).rejects.toMatchObject({ code: 'invalid_credential' })
  })

  test('is replaced when it renews, and the next one renews again', async () => {
    const { refreshToken = '' } = await renew(ctx, first, deps)
    const { jti, sid, sub } = claims(refreshToken)
    expect(claims(first)).toMatchObject({ sid, sub })
    expect(claims(first)['jti']).not.toBe(jti)
    expect(await renew(ctx, refreshToken, deps)).toHaveProperty('refreshToken')
  })

  test('renews again and again where nothing is stored, and is not replaced', async () => {
    await login('strict', false)
    for (let times = 0; times < 2; times += 1) {
      expect(Object.keys(await renew(ctx, first, deps))).toStrictEqual(['accessToken'])
    }
  })

  test('is outlived by no access token: the family ends both', async () => {
    now += 599_000
    const { refreshToken = '' } = await renew(ctx, first, deps)
    now += 400_000
    const last = await renew(ctx, refreshToken, deps)
    const end = Math.floor(NOW.getTime() / 1000) + 1_000
    expect([claims(last.accessToken).exp, claims(last.refreshToken).exp]).toStrictEqual([end, end])
  })
})

describe('a spent refresh token within its grace period', () => {
  test('"same-successor": gives the same token again, and a new access token', async () => {
    await login('same-successor')
    const one = await renew(ctx, first, deps)
    now += 9_000
    const other = await renew(ctx, first, deps)
    expect(claims(other.refreshToken)).toStrictEqual(claims(one.refreshToken))
    expect(claims(other.accessToken)['jti']).not.toBe(claims(one.accessToken)['jti'])
    now += 1_000
    await expect(renew(ctx, first, deps)).rejects.toMatchObject({ code: 'reused_credential' })
  })

  test('"separate-branch": gives another token', async () => {
    await login('separate-branch')
    const one = await renew(ctx, first, deps)
    const other = await renew(ctx, first, deps)
    expect(claims(other.refreshToken)['jti']).not.toBe(claims(one.refreshToken)['jti'])
    expect(await rotate(ctx, one.refreshToken ?? '', deps)).toBeTruthy()
    expect(await rotate(ctx, other.refreshToken ?? '', deps)).toBeTruthy()
  })

  test('"refuse-quietly": is refused, and its family lives on', async () => {
    await login('refuse-quietly')
    const { refreshToken = '' } = await renew(ctx, first, deps)
    await expect(renew(ctx, first, deps)).rejects.toMatchObject({ code: 'replaced_credential' })
    expect(await rotate(ctx, refreshToken, deps)).toBeTruthy()
  })
})
