import { paths } from '@session-vs-jwt/http-contract/paths'
import { computed, reactive, shallowRef } from 'vue'
import { lanes } from '../lab/lane.js'
import { asSeenFromHere, workbench } from '../lab/workbench.js'
import type { Attack } from './attacks.js'
import {
  type Algorithm,
  newKeys,
  type PageKeys,
  secretKeys,
  signToken,
  verifySignature,
} from './keys.js'
import { takeApart } from './token.js'

/** What a server said to the token. */
interface Answer {
  readonly status: number
  readonly body: string
}

/** The token on the bench, and what was done with it. */
export const bench = reactive<{
  token: string
  /** The JSON as it is typed, which need not be JSON at every moment. */
  header: string
  payload: string
  algorithm: Algorithm
  /** What signing or verifying gave. */
  verdict: string
  answer: Answer | undefined
  attack: Attack | undefined
  problem: string
}>({
  token: '',
  header: '',
  payload: '',
  algorithm: 'HS256',
  verdict: '',
  answer: undefined,
  attack: undefined,
  problem: '',
})

/** Keys of this page. They are made anew with each load, and none leaves it. */
export const keys = shallowRef<PageKeys>()

export const parts = computed(() => takeApart(bench.token))

/** Runs one step; what it can't do is said instead of thrown. */
async function attempt(work: () => Promise<void> | void): Promise<void> {
  Object.assign(bench, { problem: '', verdict: '' })
  try {
    await work()
  } catch (error) {
    bench.problem = (error as Error).message
  }
}

/** Puts another token on the bench. */
export function putToken(token: string): void {
  Object.assign(bench, { token, attack: undefined, answer: undefined, verdict: '' })
}

/** A token like the JWT server's, signed with a key of this page. */
export async function sampleToken(by: PageKeys): Promise<string> {
  const iat = Math.floor(Date.now() / 1000)
  const user = { sub: crypto.randomUUID(), email: 'ann@example.org', type: 'access' }
  return signToken({ typ: 'JWT' }, { ...user, iat, exp: iat + 300, jti: crypto.randomUUID() }, by)
}

export const makeKeys = (): Promise<void> =>
  attempt(async () => void (keys.value = await newKeys(bench.algorithm)))

export function useSecret(secret: string): void {
  bench.algorithm = 'HS256'
  keys.value = secretKeys(secret)
}

export const sign = (): Promise<void> =>
  attempt(async () => {
    const [header, payload] = [objectOf(bench.header, 'header'), objectOf(bench.payload, 'payload')]
    if (keys.value) putToken(await signToken(header, payload, keys.value))
    bench.verdict = 'Signed with the key of this page.'
  })

/** @throws {Error} for what is no JSON object, saying which part it is */
function objectOf(text: string, part: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Said below.
  }
  throw new Error(`The ${part} is no JSON object. Correct it, then sign again.`)
}

export const verify = (): Promise<void> =>
  attempt(async () => {
    const why = keys.value && (await verifySignature(bench.token, keys.value))
    bench.verdict = why
      ? `Not valid under the key of this page: ${why}`
      : 'The signature is right: it was made with the key of this page.'
  })

export const forge = (chosen: Attack): Promise<void> =>
  attempt(async () => {
    if (chosen.needsPublicKey && keys.value?.algorithm === 'HS256') {
      bench.algorithm = 'RS256'
      keys.value = await newKeys('RS256')
    }
    putToken(await chosen.forge(bench.token, keys.value?.shown ?? ''))
    bench.attack = chosen
  })

export const send = (): Promise<void> =>
  attempt(async () => {
    bench.answer = undefined
    const { servers } = workbench.record
    if (!servers) throw new Error('The workbench does not answer. Is npm start still running?')
    const headers = { authorization: `Bearer ${bench.token.trim()}`, accept: 'application/json' }
    const reply = await fetch(asSeenFromHere(servers.jwt.url) + paths.whoami, { headers }).catch(
      () => {
        throw new Error(
          'The JWT server does not answer. Start it again in the lab, then send anew.',
        )
      },
    )
    const body = JSON.stringify(JSON.parse(await reply.text()), undefined, 2)
    bench.answer = { status: reply.status, body }
  })

export function takeFromLab(): void {
  if (lanes.jwt.tokens.accessToken) putToken(lanes.jwt.tokens.accessToken)
}
