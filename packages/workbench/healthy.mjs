// Exits with 0 if the server of this container answers well at the path, or at /health/ready.
import { get } from 'node:http'

const path = process.argv[2] ?? '/health/ready'
const leave = (isWell) => process.exit(isWell ? 0 : 1)

get({ host: '127.0.0.1', port: process.env.PORT, path }, ({ statusCode }) =>
  leave(statusCode === 200),
).on('error', () => leave(false))
