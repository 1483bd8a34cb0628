/** The configuration of a private Redis, as its own file format has it. */
export function redisConfig(options: {
  bind: string
  port: number
  password: string
  data: string
  durable: boolean
  /** Further lines of the file. */
  settings?: readonly string[] | undefined
}): string {
  const lines = [
    `bind ${options.bind}`,
    `port ${options.port}`,
    `requirepass ${quoted(options.password)}`,
    `dir ${quoted(options.data)}`,
    'daemonize no',
    'save ""',
    ...(options.durable ? DURABLE : ['appendonly no']),
    ...(options.settings ?? []),
  ]
  return `${lines.join('\n')}\n`
}

// Every write is handed to the kernel before it is acknowledged, so that a killed Redis loses none.
// With `everysec` Redis puts that off while an fsync is under way, and a kill would lose what it had
// acknowledged. `always` would also survive a power cut, and make every command wait for the disk.
const DURABLE = ['appendonly yes', 'appendfsync no']

/** A value as the file takes it, whatever is in it. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
