/** What to sign with, and for how long. */
export interface SigningOrder {
  readonly algorithm: 'HS256' | 'RS256' | 'ES256'
  readonly jwk: Readonly<Record<string, string>>
  /** Hand the secret over as text, as many tutorials do. */
  readonly asString: boolean
  readonly operation: 'sign' | 'verify'
  readonly seconds: number
}

export interface SigningReport {
  readonly times: number
  readonly seconds: number
  readonly cpuMs: number
  readonly tokenBytes: number
}
