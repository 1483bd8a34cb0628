// Hono on Node.js with its JWT middleware, as its documentation has it.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { jwt, sign } from 'hono/jwt'
import { listenAndTell } from '../floor/tell-parent.js'
import { type Claims, TOKEN_SECONDS, whoamiOfClaims } from './whoami.js'

const secret = randomBytes(32).toString('base64')
const app = new Hono<{ Variables: { jwtPayload: Claims } }>()

app.post('/auth/register/email', async (c) => {
  const { email } = await c.req.json<{ email: string }>()
  const iat = Math.floor(Date.now() / 1_000)
  const claims = { sub: randomUUID(), email, iat, exp: iat + TOKEN_SECONDS }
  return c.json({ accessToken: await sign(claims, secret, 'HS256') }, 201)
})

app.use('/auth/whoami', jwt({ secret, alg: 'HS256' }))
app.get('/auth/whoami', (c) => c.json(whoamiOfClaims(c.get('jwtPayload'))))

listenAndTell(createAdaptorServer({ fetch: app.fetch }) as Server)
