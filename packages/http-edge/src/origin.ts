/** Scheme, host and perhaps a port, with nothing around them. `URL` alone would drop what it cannot use. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@\\]+$/i

/**
 * The origin that `text` names, in the one form that browsers send (RFC 6454, section 6.2): lower case, and
 * no default port. Origins are the same when these forms are.
 *
 * @returns undefined if `text` is not an origin; `null`, which browsers send for opaque ones, is not
 */
export function parseOrigin(text: string): string | undefined {
  if (!ORIGIN.test(text) || !URL.canParse(text)) return undefined
  const { origin } = new URL(text)
  return origin === 'null' ? undefined : origin
}
