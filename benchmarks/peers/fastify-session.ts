// Fastify with @fastify/session on Redis. Not `rolling`, which would write the session at every request.
import { randomBytes, randomUUID } from 'node:crypto'
import fastifyCookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import { RedisStore } from 'connect-redis'
import Fastify from 'fastify'
import { createClient } from 'redis'
import { tellListening } from '../floor/tell-parent.js'
import { newWhoami, SESSION_SECONDS, type Whoami } from './whoami.js'

declare module 'fastify' {
  interface Session {
    user?: Whoami | undefined
  }
}

const client = createClient({ url: String(process.env['REDIS_URL']) })
await client.connect()

const app = Fastify()
await app.register(fastifyCookie)
await app.register(fastifySession, {
  secret: randomBytes(32).toString('base64'),
  store: new RedisStore({ client, prefix: 'fastify:' }),
  cookie: { secure: false, maxAge: SESSION_SECONDS * 1_000 },
  saveUninitialized: false,
  rolling: false,
})

app.post<{ Body: { email: string } }>('/auth/register/email', async (request, reply) => {
  request.session.user = newWhoami(randomUUID(), request.body.email)
  return reply.code(201).send({})
})

app.get('/auth/whoami', async (request, reply) => request.session.user ?? reply.code(401).send())

await app.listen({ port: 0, host: '127.0.0.1' })
tellListening(app.server)
