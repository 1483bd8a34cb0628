import type { Cell } from '../result/result.js'

/** `50 connections`, `cost 10`, `renew`; empty where there is nothing to say. */
export function conditionText(condition: Cell['condition']): string {
  return Object.entries(condition)
    .map(([name, value]) => {
      if (typeof value === 'string') return value
      const number = value.toLocaleString('en-US')
      return name === 'cost' ? `cost ${number}` : `${number} ${name}`
    })
    .join(', ')
}
