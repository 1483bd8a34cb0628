/** Why a service could not be had; stable, for programs. The message is for people. */
export type ServiceErrorCode =
  | 'invalid-url'
  | 'unreachable'
  | 'refused'
  | 'docker-missing'
  | 'docker-refused'
  | 'image-missing'
  | 'folder-in-use'
  | 'folder-not-usable'
  | 'platform-not-supported'
  | 'binaries-missing'
  | 'binaries-unusable'
  | 'data-not-usable'
  | 'start-failed'
  | 'start-timed-out'
  | 'download-failed'

/**
 * A service that could not be found, started or reached.
 * `message` says what failed and what to do about it; it never contains a password.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode

  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What to do about data that no server can use any more, and what that costs. */
export const RESET_ADVICE: string =
  'Copy them if you need anything of them. Then "npm run reset" removes all users, posts, logins, keys and ' +
  'logs of this workbench, and the next start begins with an empty database.'
