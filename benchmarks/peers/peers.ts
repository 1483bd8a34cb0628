import type { Program } from '../subjects/program-server.js'

/**
 * What a reader would pick instead of our servers, each written the way its documentation shows it. They
 * take any registration and hash nothing: `identity` measures what comes after a login.
 */
export const peers: readonly Program[] = [
  { id: 'fastify-jwt', title: 'Fastify with @fastify/jwt', file: 'peers/fastify-jwt.js' },
  {
    id: 'fastify-jwt+same-checks',
    title: 'Fastify with @fastify/jwt, each claim of our tokens checked',
    file: 'peers/fastify-jwt-same-checks.js',
  },
  {
    id: 'fastify-session',
    title: 'Fastify with @fastify/session on Redis',
    file: 'peers/fastify-session.js',
  },
  {
    id: 'express-session',
    title: 'Express with express-session and connect-redis',
    file: 'peers/express-session.js',
  },
  {
    id: 'nestjs-jwt',
    title: 'NestJS with @nestjs/jwt, its secret a string',
    file: 'peers/nestjs-jwt.js',
  },
  { id: 'hono-jwt', title: 'Hono with its JWT middleware', file: 'peers/hono-jwt.js' },
]
