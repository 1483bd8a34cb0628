import { DatabaseError } from 'pg'
import { describe, expect, test } from 'vitest'
import { violatedUniqueIndex } from '../src/postgres/sql.js'

const databaseError = (code: string): Error =>
  Object.assign(new DatabaseError('any text', 10, 'error'), {
    code,
    constraint: 'users_email_unique',
  })

describe('the unique index that refused a write', () => {
  test('is named by unique_violation, SQLSTATE 23505', () => {
    expect(violatedUniqueIndex(databaseError('23505'))).toBe('users_email_unique')
  })

  test.each(['23503', '23502', '23514'])('is not named by another violation: %s', (code) => {
    expect(violatedUniqueIndex(databaseError(code))).toBeUndefined()
  })

  test('is not named by an error that only looks alike', () => {
    const likeness = { code: '23505', constraint: 'users_email_unique' }
    expect(violatedUniqueIndex(likeness)).toBeUndefined()
    expect(violatedUniqueIndex(Object.assign(new Error('any text'), likeness))).toBeUndefined()
    expect(violatedUniqueIndex(undefined)).toBeUndefined()
  })
})
