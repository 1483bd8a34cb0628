import { readdir, readFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { Device, newAccount, type Target } from '../../device.js'
import { type Exploit, exploits } from './exploits.js'
import { CORRECT, startEachMistake, startFaultyServer } from './faulty-server.js'
import { type MistakeId, mistakes } from './mistakes.js'
import { NEEDS_TIME } from './try-exploits.js'

/** How soon the quick no comes is measured where the machine does nothing else: test/security/timing.test.ts. */
const cases = (Object.entries(exploits) as [MistakeId, Exploit][]).filter(
  ([id]) => id !== 'quick-no',
)

async function start(mistakeIds: readonly MistakeId[], bcryptCost = 4): Promise<Target> {
  const server = await startFaultyServer({ mistakes: mistakeIds, bcryptCost })
  onTestFinished(async () => server.stop())
  return { url: server.url, strategy: { server: 'jwt' } }
}

test.each(cases)(
  '%s does its harm, and the server without it does not',
  async (id, { run, atFaulty, atCorrect }) => {
    // Where time matters, a hash takes what it takes in tutorials.
    const bcryptCost = NEEDS_TIME.has(id) ? 10 : 4
    const [faulty, correct] = [await start([id], bcryptCost), await start([], bcryptCost)]
    expect(await run(faulty), 'with the mistake').toEqual(atFaulty)
    expect(await run(correct), 'without it').toEqual(atCorrect)
  },
)

test('with all mistakes at once it still registers and logs in', async () => {
  const faulty = await start(mistakes.map(({ id }) => id))
  const account = { ...newAccount(), password: 'no colon in it' }
  expect((await new Device(faulty).register(account)).status).toBe(201)
  const device = new Device(faulty)
  expect((await device.login(account)).status).toBe(200)
  expect((await device.whoami()).status).toBe(200)
})

test('on one port, each mistake does its harm below its own name only', async () => {
  const server = await startEachMistake({ bcryptCost: 4 })
  onTestFinished(async () => server.stop())
  const at = (name: string): Target => ({
    url: `${server.url}/${name}`,
    strategy: { server: 'jwt' },
  })
  const { run, atFaulty, atCorrect } = exploits['bcrypt-over-jwt']
  expect(await run(at('bcrypt-over-jwt'))).toEqual(atFaulty)
  expect(await run(at('split-colon'))).toEqual(atCorrect)
  expect(await run(at(CORRECT))).toEqual(atCorrect)
  const answer = await fetch(`${server.url}/auth/whoami`)
  expect(answer.status).toBe(404)
  expect(await answer.text()).toMatch(/A path begins with one of: correct, unawaited-compare, /)
})

test('each mistake is one region of the source, with wrong and right in it', async () => {
  const files = await readdir(import.meta.dirname)
  const texts = files.map(async (file) => readFile(`${import.meta.dirname}/${file}`, 'utf8'))
  const source = (await Promise.all(texts)).join('')
  const regions = source.matchAll(/^\/\/ #region (\S+)\n(.*?)^\/\/ #endregion \1$/gms)
  const found = new Map([...regions].map(([, id = '', text = '']) => [id, text]))
  expect([...found.keys()].toSorted()).toEqual(mistakes.map(({ id }) => id).toSorted())
  for (const [id, text] of found) {
    expect(text).toMatch(new RegExp(`switchable<[^]*'${id}'[^]*wrong[^]*right`))
  }
})
