import { operations } from '@session-vs-jwt/http-contract'
import { NotApplicable, type Row } from '../suite/row.js'
import { RowFailure } from '../suite/row-failure.js'
import { allowed } from '../suite/target.js'

const READ = ['docs/contract/README.md', 'OpenAPI 3.1, Responses Object'] as const

/** A server has them if it signs with a key pair, or describes itself. */
const OPTIONAL: ReadonlySet<string> = new Set(['jwks', 'openapi'])
/** 501 where nothing is kept. */
const WITH_DEVICES: ReadonlySet<string> = new Set(['listDevices', 'endDevice', 'logoutAll'])

/** The verdict on all answers that the rows before were given. */
export const openApiRows: readonly Row[] = [
  {
    id: 'openapi/every-answer',
    title: 'every answer above is one that the OpenAPI document of the contract allows',
    read: READ,
    run: async ({ check }) => {
      if (check.seen === 0) throw new NotApplicable('no row was run before it')
      const failure = check.failure()
      if (failure) throw new RowFailure(failure)
    },
  },
  {
    id: 'openapi/every-operation',
    title: 'every operation of the contract was asked for above, and granted at least once',
    read: READ,
    run: async ({ check, target }) => {
      if (check.seen === 0) throw new NotApplicable('no row was run before it')
      const hasDevices = !allowed(target, 'devices').includes(false)
      const missing = operations.filter(
        ({ id, success }) =>
          success[target.server] !== undefined &&
          !check.granted.has(id) &&
          !OPTIONAL.has(id) &&
          (hasDevices || !WITH_DEVICES.has(id)),
      )
      if (missing.length === 0) return
      const names = missing.map(({ method, path }) => `${method} ${path}`).join(', ')
      throw new RowFailure({ came: `never granted: ${names}`, expected: 'each of them, once' })
    },
  },
]
