// Fastify with @fastify/jwt on the work of our JWT server: tokens with the same claims, and each of them checked.
import { randomBytes, randomUUID } from 'node:crypto'
import fastifyJwt from '@fastify/jwt'
import Fastify from 'fastify'
import { z } from 'zod'
import { tellListening } from '../floor/tell-parent.js'
import { TOKEN_SECONDS, whoamiOfClaims } from './whoami.js'

const ISSUER = 'session-vs-jwt'

const claimsSchema = z.strictObject({
  sub: z.uuid(),
  email: z.string(),
  type: z.literal('access'),
  sid: z.uuid(),
  jti: z.uuid(),
  iat: z.int().min(0),
  exp: z.int().min(0),
  iss: z.string(),
  aud: z.string(),
})

const app = Fastify()
await app.register(fastifyJwt, {
  secret: randomBytes(32),
  sign: {
    algorithm: 'HS256',
    expiresIn: TOKEN_SECONDS * 1_000,
    iss: ISSUER,
    aud: ISSUER,
    kid: '1',
  },
  verify: {
    algorithms: ['HS256'],
    allowedIss: ISSUER,
    allowedAud: ISSUER,
    requiredClaims: ['exp'],
  },
})

app.post<{ Body: { email: string } }>('/auth/register/email', async (request, reply) => {
  const ids = { sub: randomUUID(), sid: randomUUID(), jti: randomUUID() }
  const accessToken = app.jwt.sign({ ...ids, email: request.body.email, type: 'access' })
  return reply.code(201).send({ accessToken })
})

app.get(
  '/auth/whoami',
  {
    onRequest: async (request) => {
      await request.jwtVerify()
    },
  },
  async (request) => whoamiOfClaims(claimsSchema.parse(request.user)),
)

await app.listen({ port: 0, host: '127.0.0.1' })
tellListening(app.server)
