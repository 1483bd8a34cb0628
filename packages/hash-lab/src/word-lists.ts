import { dictionary } from '@zxcvbn-ts/language-common'

/** 49,000 passwords of real leaks, the most common first. */
export const COMMON_PASSWORDS: readonly string[] = dictionary['passwords-common'].map(String)

/** Plain words, for names of users. */
export const PLAIN_WORDS: readonly string[] = dictionary['diceware-common'].map(String)
