/** What differs from run to run, and what stands for it. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  // A token; what is cut off with `…` is one too.
  [/\beyJ[\w-]*(\.[\w-]+){0,2}…?/g, '‹token›'],
  // RFC 9562; time stamps of RFC 3339 and of HTTP.
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '‹id›'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, '‹time›'],
  [/\b\d{4}-\d\d-\d\d\b/g, '‹day›'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '‹time›'],
  // Seconds or milliseconds since 1970.
  [/\b1[5-9]\d{8}(\d{3})?\b/g, '‹time›'],
  // bcrypt's salt and hash; its version and cost are shown.
  [/(\$2[aby]\$\d\d\$)[./A-Za-z0-9]{53}/g, '$1‹hash›'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{16,}\b/g, '‹hex›'],
  // Base64 and Base64url, of which so many letters without a digit or a capital are words.
  [/(?<![\w+/-])(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{16,}={0,2}/g, '‹random›'],
  // The people of the course, who get a new number each time.
  [/\b(ada|bob|mallory)\d+/g, '$1‹n›'],
  [/\b(dur=|age=)[\d.]+/gi, '$1‹n›'],
  [
    /^((content-length|etag|date|keep-alive|x-request-id|ratelimit[\w-]*|retry-after):).*$/gim,
    '$1 ‹value›',
  ],
  // A measured amount: its unit stays.
  [
    /(?<![\w.])\d[\d,.]* ?(ns|µs|ms|s|sec|seconds?|minutes?|min|h|hours?|days?|years?|B|bytes|KB|kB|KiB|MB|MiB|GB|GiB)(?![\w])/g,
    '‹n› $1',
  ],
  [/(?<![\w.])\d[\d,.]*[kKMG]?( ?(H|\w+)?\/s|[ a-z]+ (a|per) second)/g, '‹n›$1'],
]

/** A text as it is compared: without what is another at each run. */
export function masked(text: string): string {
  return MASKS.reduce((all, [pattern, by]) => all.replaceAll(pattern, by), text)
}
