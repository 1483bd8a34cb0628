/** A claim of a payload, explained. */
export interface Claim {
  readonly name: string
  readonly value: string
  /** RFC 7519, section 4: registered, public (a name that can't collide), or private. */
  readonly kind: 'registered' | 'public' | 'private'
  readonly meaning: string
  /** For times. */
  readonly date?: string
  /** What is wrong with it now. */
  readonly problem?: string
}

const MEANINGS: Readonly<Record<string, readonly [kind: Claim['kind'], meaning: string]>> = {
  iss: ['registered', 'who issued it (RFC 7519, 4.1.1)'],
  sub: ['registered', 'whom it is about: the user’s id (4.1.2)'],
  aud: ['registered', 'for whom it is; anybody else must refuse it (4.1.3)'],
  exp: ['registered', 'from when on it must be refused (4.1.4)'],
  nbf: ['registered', 'before when it must be refused (4.1.5)'],
  iat: ['registered', 'when it was issued (4.1.6)'],
  jti: ['registered', 'its own id; what a server would remember to revoke it (4.1.7)'],
  email: ['public', 'the user’s email (OpenID Connect Core, 5.1)'],
  sid: ['public', 'the login that it belongs to (OpenID Connect Back-Channel Logout, 2.1)'],
  type: ['private', 'access or refresh: a refresh token must not pass as an access token'],
}

const TIMES: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat'])

export function explainClaims(payload: Readonly<Record<string, unknown>>, now: Date): Claim[] {
  return Object.entries(payload).map(([name, value]) => {
    const known = Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined
    const [kind, meaning] = known ?? ['private', 'known to those who have agreed on it']
    return {
      name,
      value: typeof value === 'string' ? value : JSON.stringify(value),
      kind,
      meaning,
      ...(TIMES.has(name) && timeOf(name, value, now)),
    }
  })
}

/** NumericDate: seconds since 1970 (RFC 7519, section 2). */
function timeOf(name: string, value: unknown, now: Date): { date?: string; problem?: string } {
  if (typeof value !== 'number') return { problem: 'is no number of seconds' }
  const moment = new Date(value * 1000)
  if (Number.isNaN(moment.getTime())) return { problem: 'is no time' }
  const date = moment.toISOString().replace('.000Z', 'Z')
  if (name === 'exp' && moment <= now) return { date, problem: `expired ${ago(moment, now)} ago` }
  if (name === 'nbf' && moment > now) return { date, problem: 'not valid yet' }
  return { date }
}

function ago(moment: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - moment.getTime()) / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
