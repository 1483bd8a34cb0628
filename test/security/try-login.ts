import { paths } from '@session-vs-jwt/http-contract'
import { type Answer, Device, type Target } from '../device.js'

/** So often a try that a busy machine refused is made again. */
const TRIES = 10

/**
 * A login with a user id and a password as they are, from a client that holds nothing. One that was refused
 * because the server had too much to do (503) was not looked at, and is made again.
 */
export async function tryLogin(
  server: Target,
  userId: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const basic = Buffer.from(`${userId}:${password}`).toString('base64')
  const authorization = { authorization: `Basic ${basic}` }
  const device = new Device(server)
  for (let tries = 1; ; tries += 1) {
    const answer = await device.sendBare('POST', paths.login, { ...headers, ...authorization })
    if (answer.status !== 503 || tries === TRIES) return answer
    await new Promise((resolve) => setTimeout(resolve, 100 * tries))
  }
}
