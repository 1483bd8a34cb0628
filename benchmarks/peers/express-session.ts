// Express with express-session and connect-redis, as their READMEs have them.
import { randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import { createClient } from 'redis'
import { listenAndTell } from '../floor/tell-parent.js'
import { newWhoami, SESSION_SECONDS, type Whoami } from './whoami.js'

declare module 'express-session' {
  interface SessionData {
    user?: Whoami | undefined
  }
}

const client = createClient({ url: String(process.env['REDIS_URL']) })
await client.connect()

const app = express()
app.use(
  session({
    store: new RedisStore({ client, prefix: 'express:' }),
    secret: randomBytes(32).toString('base64'),
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: SESSION_SECONDS * 1_000 },
  }),
)

app.post('/auth/register/email', express.json(), (request, response) => {
  const { email } = request.body as { email: string }
  request.session.user = newWhoami(randomUUID(), email)
  response.status(201).json({})
})

app.get('/auth/whoami', (request, response) => {
  const { user } = request.session
  if (user) response.json(user)
  else response.sendStatus(401)
})

listenAndTell(createServer(app))
