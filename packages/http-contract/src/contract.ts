import { normalizeEmail } from '@session-vs-jwt/users/email'
import { z } from 'zod'

export { paths } from './paths.js'

/** PostgreSQL keeps every character but NUL; UTF-8 has no form for half of a surrogate pair. */
const canBeKept = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

export const textSchema: z.ZodType<string, string> = z
  .string()
  .min(1)
  .refine(canBeKept, 'has a character that cannot be kept')

const TRIMMED = 'Space around it is taken away.'

/** What {@link textSchema} demands, as JSON Schema can say it. */
const kept = { minLength: 1, pattern: String.raw`^[^\u0000]*$` }

/** 2 to 32 characters: letters and digits of any script, with single `_ . -` or space between them. */
export const nicknameSchema: z.ZodType<string, string> = z
  .string()
  .trim()
  .normalize('NFC')
  .min(2)
  .max(32)
  .regex(/^[\p{L}\p{N}\p{M}]+(?:[_. -][\p{L}\p{N}\p{M}]+)*$/u, {
    error: 'letters and digits, with single "_", ".", "-" or space between them',
  })
  .meta({
    description:
      'Letters and digits of any script, with single `_`, `.`, `-` or space between them. ' +
      `Unique; compared without case. ${TRIMMED}`,
  })

/** Compared without case: the mailbox of `A@example.org` is that of `a@example.org`. */
export const emailSchema: z.ZodType<string, string> = z
  .string()
  .overwrite(normalizeEmail)
  .max(254)
  .regex(/^\p{ASCII}*$/u)
  .pipe(z.email())
  .meta({ format: 'email', description: 'In ASCII. Unique; compared without case.' })

/** What makes a password acceptable is the password policy's business. */
const password = z.string().meta({
  format: 'password',
  description:
    'At least 8 characters (code points) and at most 72 bytes of UTF-8. Any character is allowed; common ' +
    'passwords are refused. Compared in NFC.',
})

const currentPassword = z
  .string()
  .meta({ format: 'password', description: 'The password that is valid now.' })

export interface RegisterRequest {
  nickname: string
  email: string
  password: string
}

export const registerRequest: z.ZodType<RegisterRequest, RegisterRequest> = z.strictObject({
  nickname: nicknameSchema,
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
    nickname: nicknameSchema.optional(),
    password: password.optional(),
    currentPassword: currentPassword.optional(),
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
  // The same in the words of JSON Schema, which cannot see what a function refuses.
  .meta({
    oneOf: [{ required: ['nickname'] }, { required: ['password'] }],
    dependentRequired: { password: ['currentPassword'], currentPassword: ['password'] },
  })

export interface DeleteMeRequest {
  currentPassword: string
}

export const deleteMeRequest: z.ZodType<DeleteMeRequest, DeleteMeRequest> = z.strictObject({
  currentPassword,
})

export interface NewPostRequest {
  title: string
  body: string
}

export const newPostRequest: z.ZodType<NewPostRequest, NewPostRequest> = z.strictObject({
  title: z
    .string()
    .trim()
    .max(120)
    .pipe(textSchema)
    .meta({ ...kept, description: TRIMMED }),
  body: z.string().max(5000).pipe(textSchema).meta(kept),
})

export type RequestName =
  | 'registerRequest'
  | 'updateMeRequest'
  | 'deleteMeRequest'
  | 'newPostRequest'

/** The bodies that requests carry. */
export const requests: Readonly<Record<RequestName, z.ZodType>> = {
  registerRequest,
  updateMeRequest,
  deleteMeRequest,
  newPostRequest,
}

/** `?limit=` 1 to 100, 20 by default; `?cursor=` as the page before gave it. */
export interface PageQuery {
  limit: number
  after: string | undefined
}

const pageSize = z.int().min(1).max(100)
const DEFAULT_PAGE_SIZE = 20

const pageLimit = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .pipe(pageSize)
  .default(DEFAULT_PAGE_SIZE)

const NOT_A_CURSOR = 'is not a cursor of this list'

const cursor = z
  .string()
  .max(300)
  .regex(/^[\w-]+$/, NOT_A_CURSOR)

export type ParameterName = 'id' | 'limit' | 'cursor'

/** What stands in a path or a query, as it is meant: on the way everything is a string. */
export const parameters: Readonly<Record<ParameterName, z.ZodType>> = {
  id: z.uuid(),
  limit: pageSize.default(DEFAULT_PAGE_SIZE),
  cursor,
}

/** The query of a paged list. Its cursors are those that {@link cursorAfter} makes of what `after` accepts. */
export function pageQuery(after: z.ZodType<string>): z.ZodType<PageQuery> {
  return z
    .strictObject({ limit: pageLimit, cursor: cursor.optional() })
    .transform(({ limit, cursor: sent }, context): PageQuery => {
      if (sent === undefined) return { limit, after: undefined }
      const { data } = after.safeParse(Buffer.from(sent, 'base64url').toString())
      // Encoding it again finds what decoding forgives: padding, stray characters, bytes that are not UTF-8.
      if (data !== undefined && cursorAfter(data) === sent) return { limit, after: data }
      context.addIssue({ code: 'custom', path: ['cursor'], message: NOT_A_CURSOR })
      return z.NEVER
    })
}

export const uuidSchema: z.ZodType<string> = z.string().toLowerCase().pipe(z.uuid())

/** The opaque cursor behind which the next page begins. */
export function cursorAfter(key: string): string {
  return Buffer.from(key).toString('base64url')
}
