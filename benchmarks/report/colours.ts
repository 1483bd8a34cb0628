/** In light, and in dark. */
type Shades = readonly [light: string, dark: string]

/**
 * The lanes of the lab: sessions are cool, tokens are warm, each strategy in a place of its own. All of
 * them can be read as text (WCAG 1.4.3, 4.5:1).
 */
const SUBJECTS: Readonly<Record<string, Shades>> = {
  'session-redis': ['#0c6e62', '#63cdbc'],
  'session-postgres': ['#2f7d32', '#8fd694'],
  'session-memory': ['#1f6f9f', '#7fc4ec'],
  'session-cookie': ['#4a5fa8', '#a9b8f0'],
  'jwt-rotating': ['#9a4a12', '#eda973'],
  'jwt-stateless': ['#8a6500', '#e6c455'],
  'jwt-denylist': ['#b3261e', '#ff9a92'],
  'jwt-valid-after': ['#7a4ea3', '#cdaaf0'],
  'jwt-user-lookup': ['#8e3b73', '#e79bcf'],
  'jwt-rotating+RS256': ['#6d5a3a', '#cdb68a'],
  'jwt-rotating+ES256': ['#5c6b1f', '#c3cf73'],
  'sessions-redis': ['#0c6e62', '#63cdbc'],
  'sessions-postgres': ['#2f7d32', '#8fd694'],
  'families-redis': ['#9a4a12', '#eda973'],
  'families-postgres': ['#8a6500', '#e6c455'],
}
const OTHER: Shades = ['#6b6b6b', '#a5a5a5']

/** As CSS has it: light or dark by the `color-scheme` of the page. */
function css([light, dark]: Shades): string {
  return `light-dark(${light}, ${dark})`
}

export function colourOf(subject: string): string {
  return css(SUBJECTS[subject] ?? SUBJECTS[subject.replace(/\+.*$/, '')] ?? OTHER)
}

export const SERVED: string = css(['#3a8f5c', '#5fb583'])
export const FAILED: string = css(['#c23b3b', '#f08a83'])
