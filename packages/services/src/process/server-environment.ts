/** What PostgreSQL, Redis and HAProxy read, or what makes their messages differ from machine to machine. */
const STEERING = /^(PG|REDIS|HAPROXY|LC_|LANG)/

/**
 * The environment for the servers that we start: the user's, without the variables that would override our
 * settings. A newer Redis, for example, doesn't start if LC_ALL names an unknown locale.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !STEERING.test(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
