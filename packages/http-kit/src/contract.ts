import { z } from 'zod'

/** The paths of the contract; both servers serve them; keys are the JWT server's. */
export const paths = {
  register: '/auth/register/email',
  login: '/auth/login/email',
  renewAccess: '/auth/token/access',
  rotateRefresh: '/auth/token/refresh',
  logout: '/auth/logout',
  logoutAll: '/auth/logout/all',
  whoami: '/auth/whoami',
  devices: '/auth/devices',
  device: '/auth/devices/:id',
  me: '/users/me',
  users: '/users',
  posts: '/posts',
  post: '/posts/:id',
  live: '/health/live',
  ready: '/health/ready',
  jwks: '/.well-known/jwks.json',
} as const

/** PostgreSQL keeps every character but NUL; UTF-8 has no form for half of a surrogate pair. */
const canBeKept = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

export const textSchema: z.ZodType<string, string> = z
  .string()
  .min(1)
  .refine(canBeKept, 'has a character that cannot be kept')

/** 2 to 32 characters: letters and digits of any script, with single `_ . -` or space between them. */
const nickname = z
  .string()
  .trim()
  .normalize('NFC')
  .min(2)
  .max(32)
  .regex(/^[\p{L}\p{N}\p{M}]+(?:[_. -][\p{L}\p{N}\p{M}]+)*$/u, {
    error: 'letters and digits, with single "_", ".", "-" or space between them',
  })

/** Compared without case: the mailbox of `A@example.org` is that of `a@example.org`. */
export const emailSchema: z.ZodType<string, string> = z
  .string()
  .max(254)
  .trim()
  // Before the case is folded: the Kelvin sign would become a "k".
  .regex(/^\p{ASCII}*$/u)
  .toLowerCase()
  .pipe(z.email())

/** What makes a password acceptable is the password policy's business. */
const password = z.string()

export interface RegisterRequest {
  nickname: string
  email: string
  password: string
}

export const registerRequest: z.ZodType<RegisterRequest, RegisterRequest> = z.strictObject({
  nickname,
  email: emailSchema,
  password,
})

export interface UpdateMeRequest {
  nickname?: string | undefined
  password?: string | undefined
  currentPassword?: string | undefined
}

export const updateMeRequest: z.ZodType<UpdateMeRequest, UpdateMeRequest> = z
  .strictObject({
    nickname: nickname.optional(),
    password: password.optional(),
    currentPassword: password.optional(),
  })
  .superRefine((change, context) => {
    const refuse = (field: keyof typeof change, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (change.password !== undefined && change.currentPassword === undefined) {
      refuse('currentPassword', 'is needed to set a new password')
    }
    if (change.currentPassword !== undefined && change.password === undefined) {
      refuse('password', 'is missing: the new password')
    }
    // One at a time: a change that fails leaves nothing half done.
    if ((change.nickname === undefined) === (change.password === undefined)) {
      refuse('nickname', 'or a password must be given, and not both')
    }
  })

export interface NewPostRequest {
  title: string
  body: string
}

export const newPostRequest: z.ZodType<NewPostRequest, NewPostRequest> = z.strictObject({
  title: z.string().trim().max(120).pipe(textSchema),
  body: z.string().max(5000).pipe(textSchema),
})

/** `?limit=` 1 to 100, 20 by default; `?cursor=` as the page before gave it. */
export interface PageQuery {
  limit: number
  after: string | undefined
}

const pageLimit = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(100))
  .default(20)

/** The query of a paged list; `after` is what its cursor must hold. */
export function pageQuery(after: z.ZodType<string>): z.ZodType<PageQuery> {
  return z
    .strictObject({ limit: pageLimit, cursor: z.string().max(300).optional() })
    .transform(({ limit, cursor }, context): PageQuery => {
      if (cursor === undefined) return { limit, after: undefined }
      const parsed = after.safeParse(Buffer.from(cursor, 'base64url').toString())
      if (parsed.success) return { limit, after: parsed.data }
      context.addIssue({
        code: 'custom',
        path: ['cursor'],
        message: 'is not a cursor of this list',
      })
      return z.NEVER
    })
}

export const uuidSchema: z.ZodType<string> = z.string().toLowerCase().pipe(z.uuid())

/** The opaque cursor behind which the next page begins. */
export function cursorAfter(key: string): string {
  return Buffer.from(key).toString('base64url')
}

const time = z.iso.datetime()

export type ResponseName =
  | 'user'
  | 'whoami'
  | 'expiry'
  | 'accessToken'
  | 'refreshToken'
  | 'tokens'
  | 'device'
  | 'post'
  | 'userEntry'
  | 'problem'

/** The answers, as the contract promises them. */
export const responses: Readonly<Record<ResponseName, z.ZodType>> = {
  user: z.strictObject({ id: z.uuid(), nickname: z.string(), email: z.email(), createdAt: time }),
  whoami: z.strictObject({ id: z.uuid(), email: z.email(), issuedAt: time, expiresAt: time }),
  expiry: z.strictObject({ expiresAt: time }),
  accessToken: z.strictObject({ accessToken: z.string() }),
  refreshToken: z.strictObject({ refreshToken: z.string() }),
  tokens: z.object({ accessToken: z.string(), refreshToken: z.string() }),
  device: z.strictObject({
    id: z.uuid(),
    current: z.boolean(),
    userAgent: z.string().nullable(),
    createdAt: time,
    expiresAt: time,
  }),
  post: z.strictObject({ id: z.uuid(), title: z.string(), body: z.string(), createdAt: time }),
  userEntry: z.strictObject({ id: z.uuid(), nickname: z.string() }),
  problem: z.object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  }),
}
