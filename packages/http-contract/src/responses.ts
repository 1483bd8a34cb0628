import { z } from 'zod'

const time = z.iso.datetime().meta({ description: 'In UTC.' })
const id = z.uuid()

const accessToken = z
  .string()
  .meta({ description: 'A JSON Web Token: opens everything but renewal, for some minutes.' })
const refreshToken = z
  .string()
  .meta({ description: 'A JSON Web Token: is good for new tokens once, and to log out.' })

const user = z.strictObject({ id, nickname: z.string(), email: z.email(), createdAt: time })
const userEntry = z.strictObject({ id, nickname: z.string() })
const post = z.strictObject({ id, title: z.string(), body: z.string(), createdAt: time })

const device = z.strictObject({
  id: id.meta({ description: 'Names the device to its owner; it opens nothing.' }),
  current: z.boolean().meta({ description: 'Whether it is the one that asks.' }),
  userAgent: z
    .string()
    .nullable()
    .meta({ description: 'As the device called itself at its login.' }),
  createdAt: time,
  expiresAt: time,
})

const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'The `cursor` of the next page; null where there is none.' })

const state = z.enum(['up', 'down'])

/** Public keys only: a member of a private one would be one too many. */
const publicKey = { kid: z.string(), use: z.literal('sig') }
const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)
const rsaKey = { ...publicKey, kty: z.literal('RSA'), alg: z.literal('RS256') }
const ecKey = { ...publicKey, kty: z.literal('EC'), alg: z.literal('ES256') }
const jwk = z.discriminatedUnion('kty', [
  z.strictObject({ ...rsaKey, n: base64url, e: base64url }),
  z.strictObject({ ...ecKey, crv: z.literal('P-256'), x: base64url, y: base64url }),
])

/** Read with tolerance: another server may extend it (RFC 9457, section 3.2). */
const problem = z.object({
  type: z.string().meta({ format: 'uri-reference' }),
  title: z.string().meta({ description: 'For people; it may change.' }),
  status: z.int(),
  code: z.string().meta({ description: 'For programs; it is stable.' }),
  detail: z.string().optional(),
  errors: z
    .array(z.strictObject({ field: z.string(), message: z.string() }))
    .meta({ description: 'Every field that is wrong.' })
    .optional(),
})

/** Members of answers, and answers that are whole by themselves. */
type PartName =
  | 'user'
  | 'userEntry'
  | 'post'
  | 'device'
  | 'expiry'
  | 'renewedTokens'
  | 'refreshToken'
  | 'tokens'
  | 'whoami'
  | 'problem'

/** Answers that have a part inside, or belong to no part. */
type WholeName =
  | 'userBody'
  | 'userWithTokens'
  | 'userPage'
  | 'postBody'
  | 'postPage'
  | 'deviceList'
  | 'live'
  | 'ready'
  | 'unready'
  | 'jsonWebKeySet'
  | 'openApi'

export type ResponseName = PartName | WholeName

/** The answers, as the contract promises them. */
export const responses: Readonly<Record<ResponseName, z.ZodType>> = {
  user,
  userEntry,
  post,
  device,
  problem,
  whoami: z.strictObject({ id, email: z.email(), issuedAt: time, expiresAt: time }),
  expiry: z.strictObject({ expiresAt: time }),
  renewedTokens: z.strictObject({ accessToken, refreshToken: refreshToken.optional() }),
  refreshToken: z.strictObject({ refreshToken }),
  tokens: z.object({ accessToken, refreshToken }),
  userBody: z.strictObject({ user }),
  userWithTokens: z.strictObject({ user, accessToken, refreshToken }),
  userPage: z.strictObject({ users: z.array(userEntry), nextCursor }),
  postBody: z.strictObject({ post }),
  postPage: z.strictObject({ posts: z.array(post), nextCursor }),
  deviceList: z.strictObject({ devices: z.array(device) }),
  live: z.strictObject({ status: z.literal('live') }),
  ready: z.strictObject({
    status: z.literal('ready'),
    dependencies: z.record(z.string(), z.literal('up')),
  }),
  unready: z.strictObject({
    status: z.enum(['unready', 'draining']),
    dependencies: z.record(z.string(), state),
  }),
  jsonWebKeySet: z.strictObject({ keys: z.array(jwk) }),
  openApi: z.looseObject({
    openapi: z.string().regex(/^3\.1\.\d+$/),
    info: z.looseObject({ title: z.string(), version: z.string() }),
    paths: z.looseObject({}),
  }),
}
