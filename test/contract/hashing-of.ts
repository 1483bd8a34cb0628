import bcrypt from 'bcrypt'
import { vi } from 'vitest'
import type { HashingOf } from './suite/target.js'

/** bcrypt rounds: each step of cost doubles them. */
export const hashingOf: HashingOf = async (work) => {
  const compare = vi.spyOn(bcrypt, 'compare')
  const hash = vi.spyOn(bcrypt, 'hash')
  try {
    await work()
    const costs = [
      ...compare.mock.calls.map(([, compared]) => bcrypt.getRounds(compared)),
      ...hash.mock.calls.map(([, cost]) => Number(cost)),
    ]
    return costs.reduce((rounds, cost) => rounds + 2 ** cost, 0)
  } finally {
    compare.mockRestore()
    hash.mockRestore()
  }
}
