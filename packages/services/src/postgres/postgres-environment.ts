/**
 * The environment for PostgreSQL's programs: the caller's, without what would steer them
 * (PGDATA, PGPORT …) or make their messages differ from machine to machine.
 */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
