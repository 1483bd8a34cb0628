// Fastify with @fastify/jwt, as its README has it: `jwtVerify` in a hook of the route.
import { randomBytes, randomUUID } from 'node:crypto'
import fastifyJwt from '@fastify/jwt'
import Fastify from 'fastify'
import { tellListening } from '../floor/tell-parent.js'
import { type Claims, TOKEN_SECONDS, whoamiOfClaims } from './whoami.js'

const app = Fastify()
await app.register(fastifyJwt, {
  secret: randomBytes(32),
  sign: { expiresIn: TOKEN_SECONDS * 1_000 },
})

app.post<{ Body: { email: string } }>('/auth/register/email', async (request, reply) => {
  const accessToken = app.jwt.sign({ sub: randomUUID(), email: request.body.email })
  return reply.code(201).send({ accessToken })
})

app.get(
  '/auth/whoami',
  {
    onRequest: async (request) => {
      await request.jwtVerify()
    },
  },
  async (request) => whoamiOfClaims(request.user as Claims),
)

await app.listen({ port: 0, host: '127.0.0.1' })
tellListening(app.server)
