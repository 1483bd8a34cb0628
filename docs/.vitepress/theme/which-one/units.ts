const TWO_DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })

/** As many digits as its assumptions deserve. */
export function amount(value: number): string {
  return TWO_DIGITS.format(value)
}

export function memory(gib: number): string {
  if (gib >= 1) return `${amount(gib)} GiB`
  const mib = gib * 1_024
  return mib >= 1 || mib === 0 ? `${amount(mib)} MiB` : `${amount(mib * 1_024)} KiB`
}

export function span(seconds: number): string {
  if (seconds === 0) return 'no time'
  if (seconds < 120) return `${amount(seconds)} s`
  if (seconds < 7_200) return `${amount(seconds / 60)} min`
  return `${amount(seconds / 3_600)} h`
}
