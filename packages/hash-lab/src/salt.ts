import { hmac } from './digests.js'
import { hex, utf8 } from './bytes.js'

/**
 * A pepper is a key that is not in the table: the password goes through HMAC-SHA-256 with it before it
 * is hashed (NIST SP 800-63B, 3.1.1.2: "keyed hashing"). A thief of the table alone has nothing to try
 * guesses against.
 */
export async function peppered(password: string, pepper: string): Promise<string> {
  return hex(await hmac('sha256', utf8(pepper), utf8(password)))
}

/**
 * How many guesses an attack on a whole table takes, if nobody is cracked on the way: without salt a
 * guess is hashed once for all, with salt once for each user.
 */
export function guessesForTable(words: number, users: number, isSalted: boolean): number {
  return isSalted ? words * users : words
}
