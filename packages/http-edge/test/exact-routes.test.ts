import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Router } from '@koa/router'
import Koa, { type Middleware } from 'koa'
import { expect, test } from 'vitest'
import { exactRoutes } from '../src/exact-routes.js'

const says =
  (text: string): Middleware =>
  (ctx) => {
    ctx.body = text
  }

const passes: Middleware = async (ctx, next) => {
  ctx.set('Guard', 'passed')
  await next()
}

function routes(): Router {
  const router = new Router({ sensitive: true, strict: true })
  router.get('/a', passes, says('get'))
  router.post('/a', says('post'))
  router.get('/a/:id', passes, (ctx) => {
    ctx.body = `one ${ctx.params['id']}`
  })
  router.get('/.well-known/keys.json', says('keys'))
  return router
}

async function ask(middleware: Middleware, method: string, url: string) {
  const request = new IncomingMessage(new Socket())
  Object.assign(request, { url, method, headers: { host: 'localhost' } })
  const ctx = new Koa().createContext(request, new ServerResponse(request))
  let wentOn = false
  await middleware(ctx, async () => void (wentOn = true))
  return { body: ctx.body, guard: ctx.response.get('Guard'), wentOn }
}

test.each([
  ['GET', '/a', 'get'],
  ['HEAD', '/a', 'get'],
  ['POST', '/a', 'post'],
  ['GET', '/a?x=1', 'get'],
  ['GET', '/a/7', 'one 7'],
  ['GET', '/.well-known/keys.json', 'keys'],
  ['GET', '/xwell-known/keys.json', undefined],
  ['GET', '/A', undefined],
  ['GET', '/a/', undefined],
  ['GET', '/%61', undefined],
  ['DELETE', '/a', undefined],
  ['GET', '/', undefined],
  ['GET', '*', undefined],
])('%s %s gets what the router alone would give', async (method, url, text) => {
  const router = routes()
  const expected = await ask(router.routes() as unknown as Middleware, method, url)
  expect(expected).toMatchObject({ body: text, wentOn: text === undefined })
  expect(await ask(exactRoutes(router) as Middleware, method, url)).toStrictEqual(expected)
})
