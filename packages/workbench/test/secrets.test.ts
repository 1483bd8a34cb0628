import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig as loadJwtConfig } from '@session-vs-jwt/jwt-server'
import { loadConfig as loadSessionConfig } from '@session-vs-jwt/session-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JWT_ALGORITHMS, rotateSecrets, serverSecrets, type ServerSecrets } from '../src/index.js'

const DATABASE_URL = 'postgres://user@localhost/database'
let folder: string
let secrets: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'))
  secrets = join(folder, 'secrets')
})

afterEach(() => rmSync(folder, { recursive: true }))

function ringOf({ jwt }: ServerSecrets): ReturnType<typeof loadJwtConfig>['accessKeys'] {
  return loadJwtConfig({ DATABASE_URL, REFRESH_STORE: 'none', ...jwt }).accessKeys
}

function cookieSecretsOf({ session }: ServerSecrets): readonly Buffer[] {
  return loadSessionConfig({ DATABASE_URL, SESSION_STORE: 'cookie', ...session }).cookieSecrets
}

describe('secrets', () => {
  it.each(JWT_ALGORITHMS)('are accepted by both servers, with %s', async (alg) => {
    const made = await serverSecrets(secrets, alg)
    expect(ringOf(made).current.algorithm).toBe(alg)
    expect(cookieSecretsOf(made)).toHaveLength(1)
  })

  it('are made once, each for one purpose', async () => {
    const made = await serverSecrets(secrets, 'HS256')
    expect(await serverSecrets(secrets, 'HS256')).toEqual(made)
    const values = [...Object.values(made.session), ...Object.values(made.jwt)]
    expect(new Set(values).size).toBe(values.length)
  })

  it('can be read by their owner only', async () => {
    await serverSecrets(secrets, 'HS256')
    expect(statSync(secrets).mode & 0o777).toBe(0o700)
    const modes = readdirSync(secrets).map((name) => statSync(join(secrets, name)).mode & 0o777)
    expect(modes).toEqual([0o600, 0o600, 0o600])
  })

  it('that are damaged are named, and not shown', async () => {
    await serverSecrets(secrets, 'HS256')
    const path = join(secrets, 'session-cookie.json')
    writeFileSync(path, '["half of a secr')
    const read = serverSecrets(secrets, 'HS256')
    await expect(read).rejects.toThrow(`The file of secrets ${path} is no JSON`)
    await expect(read).rejects.not.toThrow('half')
  })
})

describe('rotation', () => {
  it.each(JWT_ALGORITHMS)('signs with a new key and keeps the one before, with %s', async (alg) => {
    const before = ringOf(await serverSecrets(secrets, alg))
    await rotateSecrets(secrets)
    const after = ringOf(await serverSecrets(secrets, alg))
    expect(after.current.kid).not.toBe(before.current.kid)
    expect([...after.byKid.keys()]).toEqual([after.current.kid, before.current.kid])
  })

  it('reaches signed cookies too', async () => {
    const [before] = cookieSecretsOf(await serverSecrets(secrets, 'HS256'))
    await rotateSecrets(secrets)
    const [current, previous] = cookieSecretsOf(await serverSecrets(secrets, 'HS256'))
    expect(previous).toEqual(before)
    expect(current).not.toEqual(before)
  })

  it('keeps two keys, and no more', async () => {
    await serverSecrets(secrets, 'HS256')
    await rotateSecrets(secrets)
    await rotateSecrets(secrets)
    expect(ringOf(await serverSecrets(secrets, 'HS256')).byKid.size).toBe(2)
  })

  it('has nothing to do where no secret was made', async () => {
    expect(await rotateSecrets(secrets)).toEqual([])
  })
})
