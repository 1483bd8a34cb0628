import prettyMilliseconds from 'pretty-ms'

const SECOND = 1_000
const YEAR_SECONDS = 365.25 * 86_400
const AGE_OF_UNIVERSE_YEARS = 1.38e10

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** 1,234,567 */
export function count(value: number): string {
  return whole.format(value)
}

/** 12.3M, for a rate or an estimate. */
export function about(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return value < 10 ? value.toPrecision(2) : short.format(value)
}

export function percent(part: number, all: number): string {
  return all === 0 ? '–' : `${((100 * part) / all).toFixed(1)} %`
}

export function milliseconds(value: number): string {
  if (value < 0.01) return `${(value * 1000).toFixed(1)} µs`
  if (value < 10) return `${value.toFixed(2)} ms`
  return value < SECOND ? `${value.toFixed(0)} ms` : `${(value / SECOND).toFixed(2)} s`
}

/** A time that a person plans with, or shrugs at. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const years = seconds / YEAR_SECONDS
  if (years > AGE_OF_UNIVERSE_YEARS) {
    return `${(years / AGE_OF_UNIVERSE_YEARS).toExponential(0).replace('e+', 'e')} ages of the universe`
  }
  if (years > 1_000) return `${short.format(years)} years`
  if (seconds < 1) return milliseconds(seconds * 1000)
  return prettyMilliseconds(seconds * 1000, { unitCount: 2, secondsDecimalDigits: 1 })
}

/** 3.1 MiB */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  const scaled = value / 2 ** (10 * power)
  return `${scaled < 10 && power > 0 ? scaled.toFixed(1) : scaled.toFixed(0)} ${units[power]}`
}
