import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const loggerFile = new URL('../src/logger.ts', import.meta.url)

/** The lines that a process logs which runs `code` with a `logger`. */
async function linesOf(code: string, level = 'trace'): Promise<Record<string, unknown>[]> {
  const script = `
    import { createLogger } from ${JSON.stringify(loggerFile.href)}
    const logger = createLogger('test', ${JSON.stringify(level)})
    ${code}`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: fileURLToPath(new URL('..', import.meta.url)) },
  )
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line): Record<string, unknown> => JSON.parse(line))
}

const SECRETS = `
  const secrets = {
    authorization: 'canary', cookie: 'canary', password: 'canary', currentPassword: 'canary',
    passwordHash: 'canary', accessToken: 'canary', refreshToken: 'canary', token: 'canary',
    headers: { authorization: 'canary', cookie: 'canary', 'set-cookie': ['canary'], host: 'kept' },
  }`
const FAILURE = `
  const cause = Object.assign(new Error('the cause'), { parameters: ['canary'], detail: 'canary' })
  const failure = Object.assign(new TypeError('the failure', { cause }), {
    code: '23505', detail: 'Key (email)=(canary)', query: 'canary', request: { password: 'canary' },
  })`

describe('the log', () => {
  test('holds no credential at any level and depth, and keeps what is harmless', async () => {
    const lines = await linesOf(`${SECRETS}
      for (const level of ${JSON.stringify(LEVELS)}) {
        logger[level](secrets, 'at the top')
        logger[level]({ request: secrets }, 'one level down')
        logger[level]({ exchange: { request: secrets } }, 'two levels down')
        logger.child({ request: secrets })[level]('of a child')
      }`)
    expect(lines).toHaveLength(LEVELS.length * 4)
    for (const line of lines) {
      const text = JSON.stringify(line)
      expect(text).not.toContain('canary')
      expect(text.match(/\[redacted\]/g)).toHaveLength(11)
      expect(text).toContain('"host":"kept"')
    }
    expect(new Set(lines.map((it) => it['level']))).toStrictEqual(new Set([10, 20, 30, 40, 50, 60]))
  })

  test('tells of an error and its cause what helps, and nothing a driver put there', async () => {
    const lines = await linesOf(`${FAILURE}
      for (const level of ${JSON.stringify(LEVELS)}) logger[level]({ err: failure }, 'failed')
      logger.error({ err: 'canary' }, 'not an error')
      logger.error({ err: { password: 'canary' } }, 'not an error')`)
    expect(JSON.stringify(lines)).not.toContain('canary')
    expect(lines).toHaveLength(LEVELS.length + 2)
    // A line that the pipe did not take at once may come late: told apart by message, not by place.
    const [failed, others] = ['failed', 'not an error'].map((msg) =>
      lines.filter((it) => it['msg'] === msg),
    )
    for (const line of failed ?? []) {
      expect(line['err']).toStrictEqual({
        type: 'TypeError',
        code: '23505',
        message: 'the failure',
        stack: expect.stringContaining('TypeError: the failure'),
        cause: {
          type: 'Error',
          message: 'the cause',
          stack: expect.stringContaining('Error: the cause'),
        },
      })
    }
    const types = others?.map((it) => it['err'])
    expect(types).toContainEqual({ type: 'string' })
    expect(types).toContainEqual({ type: 'object' })
  })

  test('is silent below its level', async () => {
    const everyLevel = LEVELS.map((it) => `logger.${it}({}, '${it}')`).join('\n')
    const lines = await linesOf(everyLevel, 'warn')
    const messages = lines.map((it) => it['msg'])
    expect(new Set(messages)).toStrictEqual(new Set(['warn', 'error', 'fatal']))
    expect(await linesOf(everyLevel, 'silent')).toStrictEqual([])
  })
})
