import type { User } from '@session-vs-jwt/users'
import jwt from 'jsonwebtoken'
import { describe, expect, test } from 'vitest'
import type { JwtConfig } from '../src/config.js'
import type { JwtContext, TokenDeps } from '../src/ports.js'
import { MemoryRefreshFamilies } from '../src/stores/memory.js'
import { issue } from '../src/tokens/issue.js'
import { renew } from '../src/tokens/renew.js'
import { revocationChecks } from '../src/tokens/revocation-checks.js'
import { verify } from '../src/tokens/verify.js'
import { SERVER_CONFIG } from './token-fixtures.js'

const NOW = new Date('2026-01-02T03:04:05.678Z')
const USER_ID = '019b7ca9-8f2e-7b6a-8f3d-1c2b3a4d5e6f'
const user = { id: USER_ID, email: 'ada@example.org' } as User

const config: JwtConfig = { ...SERVER_CONFIG, revocation: 'valid-after' }

let ids = 0
const newId = () => `019b7ca9-8f2e-7b6a-8f3d-${String((ids += 1)).padStart(12, '0')}`
const deps: TokenDeps = { config, clock: () => NOW, newId }

/** A server in which time stands still: whatever happens, happens within one millisecond. */
function server() {
  const settings = { clock: () => NOW, policy: 'strict', denyMs: 0, generationMs: 1 } as const
  const families = new MemoryRefreshFamilies(settings)
  const ctx = { ports: { families, jwt }, get: () => '' } as unknown as JwtContext
  const isRefused = async (token: string): Promise<boolean> =>
    revocationChecks['valid-after']?.(ctx, verify(ctx, token, 'access', deps)).then(
      () => false,
      () => true,
    ) ?? true
  return { families, ctx, isRefused, login: async () => issue(ctx, user, 1, deps) }
}

describe('a new generation of access tokens (OWASP ASVS 5.0 7.4.1)', () => {
  test('refuses tokens of the same millisecond, and accepts those of the next login', async () => {
    const { families, isRefused, login } = server()
    const before = await login()
    expect(await isRefused(before.accessToken)).toBe(false)
    await families.endAll(USER_ID)
    const after = await login()
    await families.endAll(USER_ID)
    const last = await login()
    const tokens = [before, after, last].map(({ accessToken }) => isRefused(accessToken))
    expect(await Promise.all(tokens)).toStrictEqual([true, true, false])
  })

  test('leaves the tokens of other users alone', async () => {
    const { families, isRefused, login } = server()
    const { accessToken } = await login()
    await families.endAll(newId())
    expect(await isRefused(accessToken)).toBe(false)
  })

  test('begins with a new password; the kept family renews into it', async () => {
    const { families, ctx, isRefused, login } = server()
    const { accessToken, refreshToken, familyId } = await login()
    await families.endDevices({ userId: USER_ID, passwordVersion: 2, keptDevice: familyId })
    expect(await isRefused(accessToken)).toBe(true)
    const renewed = await renew(ctx, refreshToken, deps)
    expect(await isRefused(renewed.accessToken)).toBe(false)
  })

  test('does not begin with a single logout', async () => {
    const { families, isRefused, login } = server()
    const { accessToken, familyId } = await login()
    await families.end(USER_ID, familyId)
    expect(await isRefused(accessToken)).toBe(false)
  })

  test('refuses the token of a login that it overtakes, whose family has ended', async () => {
    const { families, isRefused, login } = server()
    const start = families.start.bind(families)
    families.start = async (...values) => {
      await start(...values)
      await families.endAll(USER_ID)
    }
    expect(await isRefused((await login()).accessToken)).toBe(true)
  })

  test('refuses the token of a renewal that it overtakes, whose family has ended', async () => {
    const { families, ctx, isRefused, login } = server()
    const { refreshToken } = await login()
    const rotate = families.rotate.bind(families)
    families.rotate = async (...values) => {
      const result = await rotate(...values)
      await families.endAll(USER_ID)
      return result
    }
    expect(await isRefused((await renew(ctx, refreshToken, deps)).accessToken)).toBe(true)
  })

  test('that cannot be read refuses every token, and none for good', async () => {
    const { families, isRefused, login } = server()
    const generationOf = families.generationOf.bind(families)
    families.generationOf = async () => Infinity
    const { accessToken } = await login()
    expect(await isRefused(accessToken)).toBe(true)
    families.generationOf = generationOf
    expect(await isRefused(accessToken)).toBe(false)
  })

  test('accepts a token without a generation until the first one has ended', async () => {
    const { families, ctx, isRefused } = server()
    const rotating = { ...deps, config: { ...config, revocation: 'none' as const } }
    const { accessToken } = await issue(ctx, user, 1, rotating)
    expect(verify(ctx, accessToken, 'access', deps).gen).toBeUndefined()
    expect(await isRefused(accessToken)).toBe(false)
    await families.endAll(USER_ID)
    expect(await isRefused(accessToken)).toBe(true)
  })
})
