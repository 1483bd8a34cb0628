export type AccountErrorCode =
  | 'nickname_taken'
  | 'email_taken'
  | 'password_refused'
  | 'invalid_credentials'
  | 'wrong_current_password'
  | 'password_changed'
  | 'too_many_attempts'
  | 'overloaded'

/** What the account logic refuses, with a stable `code`. It knows no HTTP; the edge gives the status. */
export class AccountError extends Error {
  override readonly name = 'AccountError'
  readonly code: AccountErrorCode
  /** Seconds to wait before another try can succeed. */
  readonly retryAfter: number | undefined

  constructor(code: AccountErrorCode, message: string, retryAfter?: number) {
    super(message)
    this.code = code
    this.retryAfter = retryAfter
  }
}
