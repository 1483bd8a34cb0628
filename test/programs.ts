import { findBalancerProgram, findRedisProgram, ServiceError } from '@session-vs-jwt/services'

/**
 * Fetches Redis and HAProxy if this machine lacks them, before the time of any test begins. They are kept where
 * `npm start` keeps them. A test that needs one that can't be had says so itself.
 */
export default async function fetchPrograms(): Promise<void> {
  const options = { folder: '.workbench', onProgress: (line: string) => console.log(line) }
  await findRedisProgram(options)
  await findBalancerProgram(options).catch((error: unknown) => {
    // It was just printed why.
    if (!(error instanceof ServiceError)) throw error
  })
}
