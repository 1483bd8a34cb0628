// The floor of a Koa server: the JSON of whoami from one middleware, for anybody.
import { createServer } from 'node:http'
import Koa from 'koa'
import { identity } from './identity.js'
import { listenAndTell } from './tell-parent.js'

const app = new Koa()
app.use((ctx) => {
  ctx.body = { ...identity }
})
listenAndTell(createServer(app.callback()))
