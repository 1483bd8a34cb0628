import {
  COMMON_PASSWORDS,
  type CostPoint,
  hashInPage,
  hashTwice,
  type HashedTwice,
  type LookedUp,
  LookupTable,
  lookUp,
  measureCostCurve,
  parseLeakedTable,
  populate,
  type Scheme,
  seededRandom,
  stealInPage,
  utf8,
} from '@session-vs-jwt/hash-lab/browser'
import { expose } from 'comlink'

/** The table that is stolen: the same people with the same passwords every time. */
export interface Theft {
  readonly scheme: Scheme
  readonly users: number
  /** Of bcrypt. */
  readonly cost?: number
}

export interface LookupResult {
  readonly words: number
  readonly bytes: number
  readonly buildMs: number
  readonly lookUps: readonly {
    readonly scheme: Scheme
    readonly users: number
    readonly found: readonly LookedUp[]
    readonly ms: number
  }[]
}

const PEOPLE_SEED = 1_000
const SALT_SEED = 7
const LOOKED_UP: readonly Scheme[] = ['md5', 'md5-salt']

const newSalt = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))

const work = {
  hash: (scheme: Scheme, password: string): Promise<string> =>
    hashInPage(scheme, password, newSalt()),

  hashTwice: (password: string): Promise<HashedTwice[]> =>
    hashTwice((scheme) => hashInPage(scheme, password, newSalt())),

  steal: (theft: Theft, onProgress: (done: number) => void): Promise<string[]> =>
    stealInPage({ ...peopleOf(theft), onProgress }),

  measureCosts: async (
    costs: { readonly from: number; readonly to: number; readonly samples: number },
    onPoint: (point: CostPoint) => void,
  ): Promise<void> => {
    const hash = (cost: number): Promise<string> =>
      hashInPage('bcrypt', 'correct horse', newSalt(), cost)
    for await (const point of measureCostCurve({ ...costs, hash })) onPoint(point)
  },

  lookUp: async (users: number): Promise<LookupResult> => {
    const startedAt = performance.now()
    const built = LookupTable.build('md5', utf8(COMMON_PASSWORDS.join('\n')))
    const buildMs = performance.now() - startedAt
    const lookUps = []
    for (const scheme of LOOKED_UP) {
      const lines = await stealInPage(peopleOf({ scheme, users }))
      const table = parseLeakedTable(lines.join('\n')).users
      const lookedAt = performance.now()
      const found = lookUp(built, table)
      lookUps.push({ scheme, users, found, ms: performance.now() - lookedAt })
    }
    return { words: built.size, bytes: built.bytes, buildMs, lookUps }
  },
}

function peopleOf({ users, ...rest }: Theft): Parameters<typeof stealInPage>[0] {
  const people = populate(users, seededRandom(PEOPLE_SEED))
  return { ...rest, people, random: seededRandom(SALT_SEED) }
}

export type HashWork = typeof work

expose(work)
