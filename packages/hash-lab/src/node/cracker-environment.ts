/** Debian puts john where the PATH of an ordinary user does not look. */
const MORE_PLACES = '/usr/sbin:/usr/local/sbin'

/** What john and hashcat get: a home folder of their own, for what they keep there, and one core. */
export function crackerEnvironment(path: string, home: string, cores = 1): Record<string, string> {
  return { PATH: `${path}:${MORE_PLACES}`, HOME: home, OMP_NUM_THREADS: String(cores) }
}
