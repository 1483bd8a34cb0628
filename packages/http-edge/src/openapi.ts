import type { Middleware } from 'koa'
import { openApiDocument, type ServerKind } from '@session-vs-jwt/http-contract'

/** `GET /openapi.json` */
export function openApi(server: ServerKind): Middleware {
  const json = JSON.stringify(openApiDocument(server))
  return (ctx) => {
    // No word about who asks, and the same until the next release: tools may keep it for a while.
    ctx.set('Cache-Control', 'public, max-age=300')
    ctx.type = 'json'
    ctx.body = json
  }
}
