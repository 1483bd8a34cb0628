import { strategiesOf } from '@session-vs-jwt/workbench'
import { expect, onTestFinished, test } from 'vitest'
import { startFaultyServer } from './faulty-server/faulty-server.js'
import { type MistakeId, mistakes } from './faulty-server/mistakes.js'
import { NEEDS_TIME } from './faulty-server/try-exploits.js'
import { hashingOf } from './hashing-of.js'
import { rows } from './rows/index.js'
import { runRows } from './suite/run-rows.js'
import type { Target } from './suite/target.js'

/** Which row catches which mistake. */
const CAUGHT_BY: Readonly<Record<MistakeId, string>> = {
  'unawaited-compare': 'login/wrong-password',
  'split-colon': 'login/colons-in-the-password',
  'rotated-without-sub': 'renew/keeps-its-owner',
  'secret-in-source': 'tokens/secret-of-a-tutorial',
  'check-then-insert': 'register/race-of-one-email',
  'tells-unknown-user': 'login/unknown-email-same-answer',
  'quick-no': 'login/unknown-email-same-time',
  'irrevocable-refresh': 'logout/ends-the-login',
  'refresh-as-access': 'tokens/refresh-opens-nothing',
  'algorithm-from-header': 'tokens/alg-none',
  'decode-instead-of-verify': 'tokens/changed-claims',
  'bcrypt-over-jwt': 'rotate/spent-credential',
  'cut-password': 'register/password-73-bytes',
  'password-in-answer': 'profile/own',
  'anyones-post': 'posts/own-only',
  'no-attempt-limit': 'login/ten-failures-then-wait',
  'endless-token': 'tokens/claims-of-access',
}

async function faultyTarget(
  withMistakes: readonly MistakeId[],
  bcryptCost: number,
): Promise<Target> {
  const server = await startFaultyServer({ mistakes: withMistakes, bcryptCost })
  onTestFinished(async () => server.stop())
  const strategies = strategiesOf('jwt').filter(({ promises }) => promises.devices)
  return { url: server.url, server: 'jwt', strategies, hashingOf }
}

async function failuresOf(target: Target, ids?: readonly string[]): Promise<string[]> {
  const failed: string[] = []
  for await (const { row, result } of runRows(
    rows.filter(({ id }) => ids?.includes(id) ?? true),
    target,
  )) {
    if (result === 'failed') failed.push(row.id)
  }
  return failed
}

test('without a mistake it passes: what fails below is the mistake', async () => {
  expect(await failuresOf(await faultyTarget([], 4))).toEqual([])
})

test('every row below exists', () => {
  const ids = new Set(rows.map(({ id }) => id))
  for (const id of Object.values(CAUGHT_BY)) expect(ids).toContain(id)
})

test.each(mistakes.map(({ id }) => [id, CAUGHT_BY[id]] as const))(
  '%s is caught by %s',
  async (mistake, row) => {
    const cost = NEEDS_TIME.has(mistake) ? 10 : 4
    const [right, wrong] = [await faultyTarget([], cost), await faultyTarget([mistake], cost)]
    expect(await failuresOf(right, [row])).toEqual([])
    expect(await failuresOf(wrong, [row])).toEqual([row])
  },
)
