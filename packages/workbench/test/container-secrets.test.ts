import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeContainerSecrets } from '../src/secrets/container-secrets.js'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'container-secrets-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => join(it.parentPath, it.name))
}

test('every secret is made once, for its owner alone, and never one for two purposes', async () => {
  const folder = newFolder()
  expect(await writeContainerSecrets(folder)).toEqual(['postgres', 'redis', 'session', 'jwt'])
  const files = filesBelow(folder)
  expect(files.map((it) => statSync(it).mode & 0o777)).toEqual(files.map(() => 0o600))
  const secret = (name: string): string => readFileSync(join(folder, name), 'utf8').trim()
  const secrets = ['postgres/password', 'redis/password', 'session/cookie-secret'].map(secret)
  expect(new Set(secrets).size).toBe(3)
  expect(Math.min(...secrets.map((it) => Buffer.from(it, 'base64url').length))).toBe(32)
  expect(secret('postgres/url')).toContain(`:${secret('postgres/password')}@postgres:5432/`)
  expect(secret('redis/redis.conf')).toContain(`requirepass ${secret('redis/password')}\n`)
  expect(secret('jwt/access-keys')).not.toBe(secret('jwt/refresh-keys'))
})

test('what is there is kept; what an interrupted run left half-made is made anew', async () => {
  const folder = newFolder()
  await writeContainerSecrets(folder)
  const texts = (): string[] => filesBelow(folder).map((it) => readFileSync(it, 'utf8'))
  const before = texts()
  expect(await writeContainerSecrets(folder)).toEqual([])
  expect(texts()).toEqual(before)
  rmSync(join(folder, 'redis', 'complete'))
  expect(await writeContainerSecrets(folder)).toEqual(['redis'])
})
