export { AccountError } from './account-error.js'
export type { AccountErrorCode } from './account-error.js'
export { changePassword } from './change-password.js'
export type { OtherDevices, PasswordChange } from './change-password.js'
export { deleteAccount } from './delete-account.js'
export type { AccountDeletion } from './delete-account.js'
export {
  accountKey,
  loginAttemptsSchema,
  loginAttemptsTable,
  postgresLoginAttempts,
  removeExpiredAttempts,
} from './login-attempts.js'
export type { LoginAttempt, LoginAttempts, LoginAttemptsLimit } from './login-attempts.js'
export { memoryLoginAttempts } from './memory-login-attempts.js'
export {
  defineLoginAttempts,
  LOGIN_ATTEMPTS_KEYS,
  redisLoginAttempts,
} from './redis-login-attempts.js'
export type { LoginAttemptsRedis } from './redis-login-attempts.js'
export { createPasswordHasher, hashPassword, verifyPassword } from './password-hash.js'
export type { PasswordHasher, PasswordHasherOptions } from './password-hash.js'
export {
  checkPasswordPolicy,
  MAX_PASSWORD_BYTES,
  MIN_PASSWORD_CHARACTERS,
} from './password-policy.js'
export { registerWithEmail } from './register.js'
export type { Registration } from './register.js'
export { MemoryUsers } from './repositories/memory.js'
export {
  pendingRevocationsTable,
  PostgresUsers,
  usersSchema,
  usersTable,
} from './repositories/postgres.js'
export type {
  LoginLookup,
  NewUser,
  User,
  UserPage,
  UserRepository,
  UserWithPassword,
} from './user.js'
export { finishDueRevocations } from './revocation.js'
export type { DeviceStore, PendingRevocation, Revocation } from './revocation.js'
export { normalizeEmail } from './email.js'
export { authenticateWithEmailAndPassword, loginWithEmail } from './verify-credentials.js'
export type { CredentialPorts, Credentials } from './verify-credentials.js'
