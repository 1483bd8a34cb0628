import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inspectServices } from '../src/index.js'
import { freePort } from '../src/process/free-port.js'
import { temporaryFolder } from './temporary-folder.js'

describe('the doctor', () => {
  it('finds the embedded PostgreSQL without starting or writing anything', async () => {
    const folder = temporaryFolder()
    const { postgres, redis } = await inspectServices({ folder })
    expect(postgres).toMatchObject({
      service: 'PostgreSQL',
      state: 'ready',
      version: expect.stringMatching(/^\d+\./),
    })
    expect(postgres.what).toContain('no data yet')
    expect(['ready', 'on-demand', 'missing']).toContain(redis.state)
    expect(redis.state === 'ready' || Boolean(redis.remedy)).toBe(true)
    expect(readdirSync(folder)).toEqual([])
  })

  it('says what is wrong with a URL, without its password', async () => {
    const port = await freePort()
    const { postgres, redis } = await inspectServices({
      folder: temporaryFolder(),
      databaseUrl: `postgres://u:hunter22@127.0.0.1:${port}/d`,
      redisUrl: `redis://:hunter22@127.0.0.1:${port}`,
    })
    for (const finding of [postgres, redis]) {
      expect(finding.state).toBe('failing')
      expect(finding.what).toContain(`127.0.0.1:${port}`)
      expect(JSON.stringify(finding)).not.toContain('hunter22')
    }
  })
})
