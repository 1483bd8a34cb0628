import type { ServerKind } from '../strategy.js'

/** How often one request asks each store: SQL statements and Redis commands; a script is one command. */
export interface Lookups {
  readonly sql: number
  readonly redis: number
}

const NOTHING: Lookups = { sql: 0, redis: 0 }
const STATEMENT: Lookups = { sql: 1, redis: 0 }
const COMMAND: Lookups = { sql: 0, redis: 1 }

/** Requests that are measured. */
export type EndpointId =
  | 'register'
  | 'login'
  | 'whoami'
  | 'whoamiWithout'
  | 'whoamiForged'
  | 'showMe'
  | 'updateMe'
  | 'listUsers'
  | 'createPost'
  | 'listPosts'
  | 'showPost'
  | 'deletePost'
  | 'renewAccess'
  | 'rotateRefresh'
  | 'spentCredential'
  | 'loginAgain'
  | 'listDevices'
  | 'endDevice'
  | 'changePassword'
  | 'logout'
  | 'logoutAll'
  | 'deleteMe'
  | 'loginWrongPassword'
  | 'loginUnknownEmail'
  | 'loginTooOften'
  | 'live'
  | 'ready'
  | 'jwks'
  | 'openapi'

/** What a request costs, in terms that every strategy can fill in. A term that is missing is 0. */
interface Cost {
  /** Looks at the credential's store to tell who sends the request. */
  readonly identity?: number
  /** Calls to the store of logins, which are sessions or refresh families. */
  readonly logins?: number
  /** Access tokens that are signed. */
  readonly accessTokens?: number
  /** Statements on users and posts: PostgreSQL under every strategy. */
  readonly sql?: number
  /** Commands beside those on logins: the counter of failed logins, or readiness. */
  readonly redis?: number
}

export interface Endpoint {
  /** What is sent. */
  readonly request: string
  /** Of both servers, or of each where they differ. */
  readonly cost: Cost | Readonly<Record<ServerKind, Cost>>
}

/**
 * Every endpoint, in the order in which an account of the load meets it. What is fixed beside it: an
 * account has two devices, one of which it ends, logs out, or loses to a new password. Its session is
 * younger than a quarter of the idle time; an older one is renewed, by one more call to its store.
 */
export const endpoints: Readonly<Record<EndpointId, Endpoint>> = {
  // The row of the user, and the login that begins.
  register: { request: 'POST /auth/register/email', cost: { sql: 1, logins: 1, accessTokens: 1 } },
  // Redis: the try takes its place among the failures, and gives it back. SQL: the user with the
  // password's hash; and once the login has begun, whether the password is still that one.
  login: {
    request: 'POST /auth/login/email',
    cost: { redis: 2, sql: 2, logins: 1, accessTokens: 1 },
  },
  whoami: { request: 'GET /auth/whoami', cost: { identity: 1 } },
  whoamiWithout: { request: 'GET /auth/whoami, no credential', cost: {} },
  // Only the store knows that an id is not one of its own; a signature tells by itself.
  whoamiForged: {
    request: 'GET /auth/whoami, forged credential',
    cost: { session: { identity: 1 }, jwt: {} },
  },
  showMe: { request: 'GET /users/me', cost: { identity: 1, sql: 1 } },
  updateMe: { request: 'PATCH /users/me, nickname', cost: { identity: 1, sql: 1 } },
  listUsers: { request: 'GET /users', cost: { identity: 1, sql: 1 } },
  createPost: { request: 'POST /posts', cost: { identity: 1, sql: 1 } },
  listPosts: { request: 'GET /posts', cost: { identity: 1, sql: 1 } },
  showPost: { request: 'GET /posts/:id', cost: { identity: 1, sql: 1 } },
  deletePost: { request: 'DELETE /posts/:id', cost: { identity: 1, sql: 1 } },
  // A session is read and then written; a refresh token says whose it is, so one call spends it.
  renewAccess: {
    request: 'POST /auth/token/access',
    cost: { session: { identity: 1, logins: 1 }, jwt: { logins: 1, accessTokens: 1 } },
  },
  rotateRefresh: {
    request: 'POST /auth/token/refresh',
    cost: { session: { identity: 1, logins: 1 }, jwt: { logins: 1 } },
  },
  spentCredential: {
    request: 'POST /auth/token/refresh, spent credential',
    cost: { session: { identity: 1 }, jwt: { logins: 1 } },
  },
  // The session that the cookie names is ended first, so that nobody can have planted it.
  loginAgain: {
    request: 'POST /auth/login/email, logged in already',
    cost: {
      session: { redis: 2, sql: 2, logins: 2 },
      jwt: { redis: 2, sql: 2, logins: 1, accessTokens: 1 },
    },
  },
  listDevices: { request: 'GET /auth/devices', cost: { identity: 1, logins: 1 } },
  endDevice: { request: 'DELETE /auth/devices/:id', cost: { identity: 1, logins: 1 } },
  // Redis: as a login. SQL: the user, the announcement, the password with its record, the end of that record.
  // The other devices end before the password changes, and once more after it.
  changePassword: {
    request: 'PATCH /users/me, password',
    cost: { identity: 1, redis: 2, sql: 4, logins: 2 },
  },
  // Ended without a look at it first.
  logout: { request: 'POST /auth/logout', cost: { logins: 1 } },
  logoutAll: { request: 'POST /auth/logout/all', cost: { identity: 1, logins: 1 } },
  // Redis: as a login. SQL: the user, the deletion with its record, the end of that record.
  deleteMe: { request: 'DELETE /users/me', cost: { identity: 1, redis: 2, sql: 3, logins: 1 } },
  // A place is taken for a moment, and then kept for the whole window: that bounds the guesses.
  loginWrongPassword: {
    request: 'POST /auth/login/email, wrong password',
    cost: { redis: 2, sql: 1 },
  },
  // As a wrong password: what a guess costs does not tell who has an account.
  loginUnknownEmail: {
    request: 'POST /auth/login/email, unknown email',
    cost: { redis: 2, sql: 1 },
  },
  // A refused attempt gets no place, and PostgreSQL is spared.
  loginTooOften: {
    request: 'POST /auth/login/email, too many failures',
    cost: { redis: 1 },
  },
  live: { request: 'GET /health/live', cost: {} },
  // One statement and one script try what requests need.
  ready: { request: 'GET /health/ready', cost: { sql: 1, redis: 1 } },
  jwks: { request: 'GET /.well-known/jwks.json', cost: {} },
  openapi: { request: 'GET /openapi.json', cost: {} },
}

/** What the terms of a cost are under a strategy. */
interface StrategyCost {
  readonly identity: Lookups
  readonly logins: Lookups
  /** What signing an access token asks first; nothing, if it is missing. */
  readonly accessToken?: Lookups
  /** Where the sum of the terms is not the answer. */
  readonly except?: Partial<Record<EndpointId, Lookups>>
}

/** Without devices that could be logged out: the user, and then the password or the deletion. */
const NO_DEVICES = { changePassword: { sql: 2, redis: 2 }, deleteMe: { sql: 2, redis: 2 } }

/** Every row of the matrix, by its label. */
const strategyCosts: Readonly<Record<string, StrategyCost>> = {
  'session-redis': { identity: COMMAND, logins: COMMAND },
  'session-postgres': { identity: STATEMENT, logins: STATEMENT },
  'session-memory': { identity: NOTHING, logins: NOTHING },
  'session-cookie': { identity: NOTHING, logins: NOTHING, except: NO_DEVICES },
  'jwt-rotating': { identity: NOTHING, logins: COMMAND },
  'jwt-stateless': { identity: NOTHING, logins: NOTHING, except: NO_DEVICES },
  'jwt-denylist': { identity: COMMAND, logins: COMMAND },
  'jwt-valid-after': { identity: COMMAND, logins: COMMAND, accessToken: COMMAND },
  'jwt-user-lookup': { identity: STATEMENT, logins: COMMAND },
  'jwt-rotating on PostgreSQL': { identity: NOTHING, logins: STATEMENT },
  'jwt-denylist on PostgreSQL': { identity: STATEMENT, logins: STATEMENT },
  'jwt-valid-after on PostgreSQL': {
    identity: STATEMENT,
    logins: STATEMENT,
    accessToken: STATEMENT,
  },
  'jwt-user-lookup on PostgreSQL': { identity: STATEMENT, logins: STATEMENT },
}

/**
 * What one request to `endpoint` must cost under the row `label` of the matrix.
 *
 * @throws {Error} for a label without an expectation
 */
export function expectedLookups(endpoint: EndpointId, label: string, server: ServerKind): Lookups {
  const row = strategyCosts[label]
  if (!row) throw new Error(`no expected lookups for ${label}`)
  const cost = costAt(endpoints[endpoint], server)
  const { identity = 0, logins = 0, accessTokens = 0, sql = 0, redis = 0 } = cost
  const { accessToken = NOTHING } = row
  const sumOf = (store: keyof Lookups): number =>
    identity * row.identity[store] + logins * row.logins[store] + accessTokens * accessToken[store]
  const sum = { sql: sql + sumOf('sql'), redis: redis + sumOf('redis') }
  return row.except?.[endpoint] ?? sum
}

function costAt({ cost }: Endpoint, server: ServerKind): Cost {
  return 'session' in cost ? cost[server] : cost
}
