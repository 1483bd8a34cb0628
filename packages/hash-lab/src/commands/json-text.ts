import { UNPRINTABLE } from '../bytes.js'

/**
 * What a command prints with `--json`. What comes from a file is in it as it is, and can't drive a terminal:
 * JSON's own escapes stand for control and bidi characters.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNPRINTABLE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
