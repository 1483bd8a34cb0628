import { type Expectation, hasStatus } from '@session-vs-jwt/workbench'
import type { Trial } from '../suite/trial.js'

/** What a copy of a credential still opens whose login was ended. */
export const afterLogout = (t: Trial): number[] =>
  t.promised('afterLogout', { 'dead-at-once': 401, 'lives-until-expiry': 200 })

/** What a credential still opens after a logout everywhere, or after a new password on another device. */
export const afterLogoutAll = (t: Trial): number[] =>
  t.promised('afterLogoutAll', { 'dead-at-once': 401, 'lives-until-expiry': 200 })

/** What a credential still opens whose user has deleted the account. */
export const afterUserDeleted = (t: Trial): number[] =>
  t.promised('afterUserDeleted', { 'dead-at-once': 401, 'lives-until-expiry': 200 })

/** How a login that was ended is renewed: not at all; a server that keeps none ends none. */
export const renewsAfter = (t: Trial): number[] => t.promised('devices', { true: 401, false: 200 })

/** `status` from a server that keeps logins, and 501 from one that keeps nothing. */
export const onDevices = (t: Trial, status: number): Expectation =>
  hasStatus(...t.promised('devices', { true: status, false: 501 }))
