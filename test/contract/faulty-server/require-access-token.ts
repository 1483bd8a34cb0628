import type { Middleware } from 'koa'
import { parseBearer } from './authorization-header.js'
import type { Claims, Tokens } from './tokens.js'

export interface State {
  /** Of the token that the request came with. */
  claims: Claims
}

export type Guard = Middleware<State>

/** Lets a request pass that has a valid access token. No store is asked. */
export function requireAccessToken(tokens: Tokens): Guard {
  return async (ctx, next) => {
    ctx.state.claims = tokens.verify(parseBearer(ctx.headers.authorization), 'access')
    await next()
  }
}
