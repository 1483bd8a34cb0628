import type { Cell } from '../result/result.js'

/** `50 connections`, `100,000 live`; empty where there is nothing to say. */
export function conditionText(condition: Cell['condition']): string {
  return Object.entries(condition)
    .map(([name, value]) => (name === 'request' ? value : `${numberText(value)} ${name}`))
    .join(', ')
}

function numberText(value: string | number): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value
}
