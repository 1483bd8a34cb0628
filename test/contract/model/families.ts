import { randomUUID } from 'node:crypto'
import {
  type FamilySettings,
  MemoryRefreshFamilies,
  type RefreshFamilyStore,
  type RotationResult,
  type SpentTokenPolicy,
} from '@session-vs-jwt/jwt-server'
import fc, { type Arbitrary } from 'fast-check'

/** Milliseconds. The steps wait for fractions of it, so replays come within it, as it ends, and after it. */
export const GRACE_MS = 100
/** Redis counts it in its own time, which nobody moves: no family expires during a test. */
const LIFE_MS = 3_600_000
const NOW = Date.parse('2026-01-02T03:04:05.678Z')

/**
 * Milliseconds that pass, and tokens that are then presented at once: 0 is the newest token, 1 its predecessor. `again` is
 * the token that was presented last.
 */
interface FamilyStep {
  readonly wait: number
  readonly present: readonly (number | 'again')[]
}

const which = fc.constantFrom('again' as const, 'again' as const, 'again' as const, 0, 0, 0, 1, 2)

export const familySteps: Arbitrary<FamilyStep[]> = fc.array(
  fc.record({
    wait: fc.constantFrom(0, 0, 50, 50, 99, 100),
    present: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(which) },
      { weight: 1, arbitrary: fc.array(which, { minLength: 2, maxLength: 4 }) },
    ),
  }),
  { minLength: 1, maxLength: 12, size: 'max' },
)

interface Rules {
  readonly userId: string
  readonly policy: SpentTokenPolicy
  readonly graceMs: number
}

/** One rotation: when, of which token, into which one. */
interface Call {
  readonly at: number
  readonly from: string
  readonly to: string
}

interface Story {
  readonly userId: string
  readonly familyId: string
  readonly settings: FamilySettings
  readonly graceMs: number
  now: number
}

/**
 * Takes every step in the store under test, and in the memory: what the store answers to rotations that are
 * sent at once must be what the memory answers to them in some order.
 *
 * @throws {Error} with the story, where no order gives these answers
 */
export async function agree(
  open: (settings: FamilySettings) => RefreshFamilyStore,
  rules: Rules,
  steps: readonly FamilyStep[],
): Promise<void> {
  const story = newStory(rules)
  const store = open(story.settings)
  await begin(store, story)
  const tokens = ['first']
  /** The orders of all calls so far that explain the answers. */
  let histories: readonly (readonly Call[])[] = [[]]
  let last = 'first'
  for (const { wait, present } of steps) {
    story.now += wait
    const calls = present.map((it, i) => {
      const from = it === 'again' ? last : (tokens.at(-1 - it) ?? 'first')
      return callOf(story, rules, from, `${tokens.length}.${i}`)
    })
    last = calls[0]?.from ?? last
    const got = await Promise.all(calls.map(async (call) => rotate(store, story, call)))
    tokens.push(...calls.filter((_, i) => got[i]?.outcome === 'rotate').map(({ to }) => to))
    const explained = await explanations(histories, calls, got, story)
    if (explained.length === 0) throw disagreement(histories, calls, got)
    histories = explained
  }
  await expectSameFamily(store, histories[0] ?? [], story)
  await store.end(story.userId, story.familyId)
}

function newStory({ userId, policy, graceMs }: Rules): Story {
  const clock = (): Date => new Date(story.now)
  const onUnreadable = (key: string): void => {
    throw new Error(`unreadable: ${key}`)
  }
  const settings = { clock, policy, denyMs: 0, onUnreadable }
  const story: Story = { userId, familyId: randomUUID(), settings, graceMs, now: NOW }
  return story
}

async function begin(store: RefreshFamilyStore, { userId, familyId }: Story): Promise<void> {
  const times = { createdAt: NOW, liveUntil: NOW + LIFE_MS, absoluteUntil: NOW + 3 * LIFE_MS }
  const family = { id: familyId, userId, userAgent: null, passwordVersion: 0, ...times }
  await store.start(family, hashOf('first'))
}

/** A `same-successor` always has the same id. Under the other policies every new token has another id. */
function callOf({ now }: Story, { policy }: Rules, from: string, name: string): Call {
  const to = policy === 'same-successor' ? `${from}+` : `${now - NOW}.${name}`
  return { at: now, from, to }
}

async function rotate(
  store: RefreshFamilyStore,
  { userId, familyId, graceMs }: Story,
  { at, from, to }: Call,
): Promise<RotationResult> {
  const token = { userId, familyId, tokenHash: hashOf(from) }
  const times = { graceUntil: at + graceMs, liveUntil: at + LIFE_MS }
  return store.rotate(token, { newTokenHash: hashOf(to), ...times })
}

/** Every history that `calls` continue, in any order, with the answers that came. */
async function explanations(
  histories: readonly (readonly Call[])[],
  calls: readonly Call[],
  got: readonly RotationResult[],
  story: Story,
): Promise<(readonly Call[])[]> {
  const found = []
  for (const history of histories) {
    for (const order of ordersOf(calls)) {
      const longer = [...history, ...order]
      const { answers } = await replay(longer, story)
      const came = order.map((call) => got[calls.indexOf(call)])
      if (JSON.stringify(answers.slice(history.length)) === JSON.stringify(came)) found.push(longer)
    }
  }
  // Any of them leaves a family in the same state, or later answers tell them apart.
  return found.slice(0, 8)
}

/** What a store in memory answers to all these calls. */
async function replay(history: readonly Call[], story: Story) {
  let now = NOW
  const settings = { ...story.settings, clock: (): Date => new Date(now) }
  const memory = new MemoryRefreshFamilies(settings)
  await begin(memory, story)
  const answers: RotationResult[] = []
  for (const call of history) {
    now = call.at
    answers.push(await rotate(memory, story, call))
  }
  return { memory, answers }
}

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((first) =>
    ordersOf(items.filter((it) => it !== first)).map((rest) => [first, ...rest]),
  )
}

async function expectSameFamily(
  store: RefreshFamilyStore,
  history: readonly Call[],
  story: Story,
): Promise<void> {
  const { memory } = await replay(history, story)
  const [expected] = await memory.list(story.userId)
  const listed = await store.list(story.userId)
  const family = listed.find(({ id }) => id === story.familyId)
  if (JSON.stringify(sorted(family)) === JSON.stringify(sorted(expected))) return
  throw new Error(`the family is ${JSON.stringify(family)}, not ${JSON.stringify(expected)}`)
}

function sorted(it: object = {}): [string, unknown][] {
  return Object.entries(it).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function disagreement(
  [history = []]: readonly (readonly Call[])[],
  calls: readonly Call[],
  got: readonly RotationResult[],
): Error {
  const text = ({ at, from, to }: Call): string => `${at - NOW} ms: ${from} -> ${to}`
  const last = calls.map((call, i) => `${text(call)} gave ${JSON.stringify(got[i])}`)
  return new Error(['No order explains the answers.', ...history.map(text), ...last].join('\n  '))
}

/** As long as a SHA-256 in base64url: a store may tell hashes from other fields by that. */
export function hashOf(token: string): string {
  return token.padEnd(43, '_')
}
