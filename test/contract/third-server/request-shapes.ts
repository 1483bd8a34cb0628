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
    'letters and digits, with one of "_. -" between',
  )

/** Only ASCII letters lose their case: `toLowerCase` turns the Kelvin sign into a "k". */
export function normalizeEmail(email: string): string {
  return email.trim().replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

const email = z
  .string()
  .overwrite(normalizeEmail)
  .max(254)
  .regex(/^\p{ASCII}*$/u)
  .pipe(z.email())

export const registration = z.strictObject({ nickname, email, password: z.string() })

/** A nickname, or a new password with the current one. */
export const profileChange = z
  .strictObject({
    nickname: nickname.optional(),
    password: z.string().optional(),
    currentPassword: z.string().optional(),
  })
  .superRefine((change, context) => {
    const refuse = (field: keyof typeof change, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message })
    const { password, currentPassword } = change
    if (password !== undefined && currentPassword === undefined) {
      refuse('currentPassword', 'is needed to set a new password')
    }
    if (password === undefined && currentPassword !== undefined) {
      refuse('password', 'is missing: the new password')
    }
    if ((change.nickname === undefined) === (password === undefined)) {
      refuse('nickname', 'or a password must be given, and not both')
    }
  })

export const accountDeletion = z.strictObject({ currentPassword: z.string() })

export const newPost = z.strictObject({
  title: z.string().trim().max(120).pipe(text),
  body: z.string().max(5000).pipe(text),
})

/** The cursor holds the number of the last item of the page before. */
export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20),
  cursor: z
    .string()
    .refine((it) => {
      const number = Buffer.from(it, 'base64url').toString()
      return /^\d{1,15}$/.test(number) && Buffer.from(number).toString('base64url') === it
    }, 'is not a cursor of this list')
    .transform((it) => Number(Buffer.from(it, 'base64url').toString()))
    .optional(),
})
