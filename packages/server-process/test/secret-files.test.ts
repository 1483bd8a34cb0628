import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError } from '../src/env-reader.js'
import { readSecretFiles } from '../src/secret-files.js'

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'secret-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'secret')
  writeFileSync(path, text)
  return path
}

test('a secret may come from a file; the rest stays as it is', () => {
  const env = { DATABASE_URL_FILE: fileWith('postgres://u:p@h/d\n'), PORT: '1', HOME_FILE: '/none' }
  expect(readSecretFiles(env, 'server')).toEqual({ ...env, DATABASE_URL: 'postgres://u:p@h/d' })
})

test('every file that is missing and every secret that came twice is named, and no secret shown', () => {
  const env = {
    DATABASE_URL_FILE: '/nowhere/url',
    REDIS_URL_FILE: fileWith('redis://:hunter22@h'),
    REDIS_URL: 'redis://:hunter22@other',
  }
  const read = (): unknown => readSecretFiles(env, 'session server')
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/DATABASE_URL_FILE cannot be read \(ENOENT\)[^]*REDIS_URL_FILE is set, and/)
  expect(read).not.toThrow(/hunter22/)
})
