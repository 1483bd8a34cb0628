/**
 * The form of an email in which it is stored, looked up and counted. Only ASCII letters change: `toLowerCase`
 * would also turn the Kelvin sign into a "k", and one person's address into another's.
 */
export function normalizeEmail(email: string): string {
  return email.trim().replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
