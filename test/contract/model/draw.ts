import fc, { type Arbitrary } from 'fast-check'
import {
  type Command,
  DEVICES,
  type DeviceName,
  NICKNAMES,
  type Nickname,
  type Password,
  PASSWORDS,
  THIEVES,
  USERS,
  type UserName,
} from './command.js'
import type { Step } from './step.js'

/** All that a command may need, by chance. */
export interface Draw {
  readonly verb: Command['do']
  readonly by: DeviceName
  readonly as: UserName
  readonly nickname: Nickname
  readonly password: Password
  readonly other: DeviceName
  readonly lag: number
  /** Sent as it was drawn, however unlikely. */
  readonly blind: boolean
  /** A thief copies what the device carries, just before. */
  readonly robbed: boolean
}

export type DrawnStep =
  | Exclude<Step, { send: unknown }>
  | { readonly send: readonly Draw[] }
  /** A device that comes back so often, and never stays away for long. */
  | { readonly times: number; readonly draw: Draw }

/** How often a command is drawn, beside the others. */
const WEIGHTS: Readonly<Record<Command['do'], number>> = {
  whoami: 3,
  login: 5,
  rotate: 6,
  renew: 4,
  logout: 2,
  'logout by refresh': 1,
  'logout all': 1,
  'change password': 4,
  devices: 2,
  end: 2,
  profile: 1,
  rename: 1,
  register: 1,
  write: 2,
  read: 2,
  delete: 1,
}

const verb = fc.oneof(
  ...Object.entries(WEIGHTS).map(([it, weight]) => ({
    weight,
    arbitrary: fc.constant(it as Command['do']),
  })),
)

/** Much happens on few devices, and to what a thief took from them. */
const device = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('ann/1', 'ann/2') },
  { weight: 2, arbitrary: fc.constantFrom(...THIEVES) },
  { weight: 4, arbitrary: fc.constantFrom(...DEVICES) },
)

const oneIn = (n: number): Arbitrary<boolean> =>
  fc.integer({ min: 1, max: n }).map((it) => it === n)

const draw: Arbitrary<Draw> = fc.record({
  verb,
  by: device,
  as: fc.constantFrom(...USERS),
  nickname: fc.constantFrom(...NICKNAMES),
  password: fc.constantFrom(...PASSWORDS),
  other: device,
  lag: fc.constantFrom(0, 0, 1, 2, 4),
  blind: oneIn(8),
  robbed: oneIn(4),
})

/** Some are tabs of one browser; some want the same thing, of which one can have it. */
const atOnce = fc
  .record({
    draws: fc.array(draw, { minLength: 2, maxLength: 3 }),
    alike: fc.constantFrom([], [], ['by'] as const, ['verb', 'as'] as const),
  })
  .map(({ draws, alike }) => {
    const shared = Object.fromEntries(alike.map((name) => [name, draws[0]?.[name]]))
    return draws.map((it): Draw => ({ ...it, ...shared }))
  })

/** While something is ended, the same device or user goes on: nothing of it may come back. */
const overlap = fc
  .record({
    going: fc.constantFrom('renew', 'rotate', 'login', 'change password', 'whoami'),
    ending: fc.constantFrom('logout', 'logout by refresh', 'logout all', 'end', 'change password'),
    by: fc.constantFrom('ann/1', 'ann/2'),
    ends: fc.constantFrom('ann/1', 'ann/2'),
    draws: fc.tuple(draw, draw),
  })
  .map(({ going, ending, by, ends, draws: [one, other] }): Draw[] => [
    { ...one, verb: going, by, as: 'ann', robbed: true },
    { ...other, verb: ending, by: ends, other: by },
  ])

/** More wrong passwords at once than an account bears. */
const guesses = draw.map(({ by, as, ...rest }) =>
  Array.from({ length: 5 }, (): Draw => ({
    ...rest,
    by,
    as,
    verb: 'login',
    password: 'wrong',
    blind: true,
  })),
)

const drawnStep: Arbitrary<DrawnStep> = fc.oneof(
  { withCrossShrink: true },
  { weight: 20, arbitrary: fc.record({ send: fc.tuple(draw) }) },
  { weight: 10, arbitrary: fc.record({ send: atOnce }) },
  { weight: 8, arbitrary: fc.record({ send: overlap }) },
  { weight: 6, arbitrary: fc.record({ copyOf: device, to: fc.constantFrom(...THIEVES) }) },
  { weight: 4, arbitrary: fc.record({ wait: fc.constantFrom(4, 6, 9, 20) }) },
  { weight: 2, arbitrary: fc.record({ wait: fc.constantFrom(31, 61, 481) }) },
  { weight: 1, arbitrary: fc.record({ send: guesses }) },
  { weight: 1, arbitrary: fc.record({ times: fc.constantFrom(6, 17, 18), draw }) },
)

export const drawnSteps: Arbitrary<DrawnStep[]> = fc.array(drawnStep, {
  minLength: 1,
  maxLength: 45,
  size: 'max',
})
