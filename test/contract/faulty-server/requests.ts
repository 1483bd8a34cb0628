import { z } from 'zod'

const text = z
  .string()
  .min(1)
  .refine((it) => it.isWellFormed() && !it.includes('\0'), 'has a character that cannot be kept')

const nickname = z
  .string()
  .trim()
  .normalize('NFC')
  .min(2)
  .max(32)
  .regex(
    /^[\p{L}\p{N}\p{M}]+(?:[_. -][\p{L}\p{N}\p{M}]+)*$/u,
    'letters and digits, with single "_", ".", "-" or space between them',
  )

/** Only ASCII letters lose their case: `toLowerCase` turns the Kelvin sign into a "k". */
export function normalizeEmail(email: string): string {
  return email.trim().replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

const email = z
  .string()
  .overwrite(normalizeEmail)
  .max(254)
  .regex(/^\p{ASCII}*$/u, 'has characters beyond ASCII')
  .pipe(z.email())

export const registration = z.strictObject({ nickname, email, password: z.string() })
export type Registration = z.infer<typeof registration>

/** A nickname or a password, not both: a change that fails leaves nothing half done. */
export const profileChange = z
  .strictObject({
    nickname: nickname.optional(),
    password: z.string().optional(),
    currentPassword: z.string().optional(),
  })
  .superRefine((change, context) => {
    const refuse = (field: keyof typeof change, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message })
    const sets = change.password !== undefined
    const proves = change.currentPassword !== undefined
    if (sets && !proves) refuse('currentPassword', 'is needed to set a new password')
    if (proves && !sets) refuse('password', 'is missing: the new password')
    if (sets === (change.nickname !== undefined)) refuse('nickname', 'or a password, one of them')
  })

export const accountDeletion = z.strictObject({ currentPassword: z.string() })

export const newPost = z.strictObject({
  title: z.string().trim().max(120).pipe(text),
  body: z.string().max(5000).pipe(text),
})

export interface Page {
  readonly limit: number
  /** The key of the last entry before this page. */
  readonly after: string | undefined
}

/** `?limit=` and `?cursor=`, whose key must be a `key`. */
const pageOf = (key: z.ZodType<string, string>): z.ZodType<Page> =>
  z
    .strictObject({
      limit: z
        .string()
        .regex(/^\d{1,3}$/)
        .transform(Number)
        .pipe(z.int().min(1).max(100))
        .default(20),
      cursor: z
        .string()
        .refine((it) => {
          const { data } = key.safeParse(Buffer.from(it, 'base64url').toString())
          return data !== undefined && cursorAfter(data) === it
        }, 'is not a cursor of this list')
        .transform((it) => Buffer.from(it, 'base64url').toString())
        .optional(),
    })
    .transform(({ limit, cursor }) => ({ limit, after: cursor }))

export const usersPage = pageOf(nickname)
export const postsPage = pageOf(z.string().regex(/^\d{1,15}$/))

/** A page of at most `limit` of those that were found, and the cursor to the next, behind `key`. */
export function pageFrom<T>(found: readonly T[], limit: number, key: (it: T) => string) {
  const page = found.slice(0, limit)
  const last = found.length > limit ? page.at(-1) : undefined
  const nextCursor = last === undefined ? null : cursorAfter(key(last))
  return { page, nextCursor }
}

function cursorAfter(key: string): string {
  return Buffer.from(key).toString('base64url')
}
