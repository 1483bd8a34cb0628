import { hasStatus, isRefused } from '@session-vs-jwt/workbench'
import type { Answer, Device } from '../../device.js'
import type { Row } from '../suite/row.js'
import { expectAnswer, expectThat, hasCode } from '../suite/row-failure.js'
import type { Instance } from '../suite/target.js'
import type { Trial } from '../suite/trial.js'
import { isLoggedIn } from './answers.js'
import { spent } from './renewal.js'
import { part } from './tokens.js'

const GRACE_SECONDS = 10

/** How a server treats a refresh token that was spent a moment ago. */
interface Policy {
  readonly id: string
  /** The code of the refusal; `served` if the token still works. */
  readonly replay: 'reused_credential' | 'replaced_credential' | 'served'
  /** Whether tabs that race hold the same token afterwards. */
  readonly sameToken?: true
}

const policies: readonly Policy[] = [
  { id: 'strict', replay: 'reused_credential' },
  { id: 'refuse-quietly', replay: 'replaced_credential' },
  { id: 'same-successor', replay: 'served', sameToken: true },
  { id: 'separate-branch', replay: 'served' },
]

/** What follows from a policy; without state, nothing is ever spent. */
interface Outcome {
  readonly replay: Policy['replay']
  readonly familySurvives: boolean
  readonly late: 200 | 401
}

function outcomeOf({ replay }: Policy, t: Trial): Outcome {
  if (spent(t).includes(200)) return { replay: 'served', familySurvives: true, late: 200 }
  return { replay, familySurvives: replay !== 'reused_credential', late: 401 }
}

/** Every policy, each on another server. `REFRESH_POLICY` chooses one. */
export const spentTokenRows: readonly Row[] = policies.flatMap((policy) => [
  row(policy, 'race', 'two tabs that renew at once: what the loser gets, and who goes on', race),
  row(policy, 'lost-response', 'a client that lost the response and retries', lostResponse),
  row(policy, 'thief-within-grace', 'a thief who is quick, and the owner after that', quickThief),
  row(policy, 'thief-after-grace', 'a thief who is late ends the login of both', lateThief),
  row(policy, 'later-replay', 'a replay after the grace period ends every branch', laterReplay),
])

function row(
  policy: Policy,
  what: string,
  title: string,
  run: (t: Trial, own: Instance, policy: Policy, outcome: Outcome) => Promise<void>,
): Row {
  const grace = { REFRESH_GRACE_SECONDS: String(GRACE_SECONDS), REFRESH_POLICY: policy.id }
  return {
    id: `spent/${policy.id}-${what}`,
    title: `${policy.id}: ${title}`,
    read: ['RFC 9700, section 4.14.2'],
    only: 'jwt',
    needs: ['settings', 'clock'],
    run: async (t) => {
      const own = await t.start({ env: policy.id === 'strict' ? {} : grace })
      await run(t, own, policy, outcomeOf(policy, t))
    },
  }
}

async function race(t: Trial, own: Instance, policy: Policy, outcome: Outcome): Promise<void> {
  const { device } = await t.registered(own)
  const tabs = [device.copy(), device.copy()]
  const answers = await Promise.all(tabs.map((tab) => tab.renew()))
  const won = answers.findIndex(({ status }) => status === 200)
  const [winner, loser] = won === 1 ? [tabs[1], tabs[0]] : [tabs[0], tabs[1]]
  expectAnswer(answers[won === 1 ? 1 : 0] as Answer, hasStatus(200))
  const answer = answers[won === 1 ? 0 : 1] as Answer
  expectReplay(answer, outcome)
  if (policy.sameToken && spent(t).includes(401)) {
    const [one, other] = tabs.map(({ refresh }) => part(refresh, 1))
    const isSame = ['jti', 'iat', 'exp'].every((claim) => one?.[claim] === other?.[claim])
    expectThat(isSame, 'the same jti, iat and exp', answer, JSON.stringify([one, other]))
  }
  await expectGoesOn(winner as Device, outcome.familySurvives)
  if (outcome.replay === 'served') await expectGoesOn(loser as Device, true)
}

async function lostResponse(t: Trial, own: Instance, _: Policy, outcome: Outcome): Promise<void> {
  const { device, account } = await t.registered(own)
  expectAnswer(await device.copy().renew(), hasStatus(200))
  own.clock.advance(2)
  expectReplay(await device.renew(), outcome)
  if (outcome.replay === 'served') await expectGoesOn(device, true)
  // Otherwise nobody holds the live token any more: the client has to log in again.
  else expectAnswer(await device.login(account), hasStatus(200))
  expectAnswer(await device.whoami(), isLoggedIn)
}

async function quickThief(t: Trial, own: Instance, _: Policy, outcome: Outcome): Promise<void> {
  const { device: owner } = await t.registered(own)
  const thief = owner.copy()
  expectAnswer(await owner.renew(), hasStatus(200))
  own.clock.advance(GRACE_SECONDS - 1)
  expectReplay(await thief.renew(), outcome)
  await expectGoesOn(owner, outcome.familySurvives)
}

async function lateThief(t: Trial, own: Instance, _: Policy, { late }: Outcome): Promise<void> {
  const { device: owner } = await t.registered(own)
  const thief = owner.copy()
  expectAnswer(await owner.renew(), hasStatus(200))
  own.clock.advance(GRACE_SECONDS + 1)
  const answer = await thief.renew()
  expectAnswer(answer, hasStatus(late))
  if (late === 401) expectAnswer(answer, hasCode('reused_credential'))
  await expectGoesOn(owner, late === 200)
}

async function laterReplay(t: Trial, own: Instance, _: Policy, { late }: Outcome): Promise<void> {
  const { device: owner } = await t.registered(own)
  const [thief, again] = [owner.copy(), owner.copy()]
  expectAnswer(await owner.renew(), hasStatus(200))
  await thief.renew()
  own.clock.advance(GRACE_SECONDS + 1)
  for (const device of [again, thief, owner]) expectAnswer(await device.rotate(), hasStatus(late))
}

function expectReplay(answer: Answer, { replay }: Outcome): void {
  if (replay === 'served') expectAnswer(answer, hasStatus(200))
  else expectAnswer(answer, isRefused, hasCode(replay))
}

async function expectGoesOn(device: Device, goesOn: boolean): Promise<void> {
  expectAnswer(await device.rotate(), hasStatus(goesOn ? 200 : 401))
}
