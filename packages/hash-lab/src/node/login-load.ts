import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { quantile } from 'simple-statistics'
import { type MeasuredServer, whileLoggingIn } from './measured-server.js'

/** What the login server says when it listens. */
export interface LoginServerMessage {
  readonly port: number
}

/** How a server does while people log in. */
export interface LoginLoad {
  /** Threads of libuv's pool. */
  readonly poolSize: number
  readonly loginsPerSecond: number
  readonly whoamiP99Ms: number
  readonly fileP99Ms: number
  readonly eventLoopDelayP99Ms: number
}

export interface LoadSettings {
  readonly cost: number
  /** People who log in at the same time, again and again. */
  readonly people: number
  readonly seconds: number
  readonly signal?: AbortSignal
}

/** Starts a small server with a pool of that size, and logs in while other requests go on. */
export async function measureLoginLoad(
  poolSize: number,
  settings: LoadSettings,
): Promise<LoginLoad> {
  const program = fileURLToPath(new URL('./login-server.js', import.meta.url))
  // The pool's size is read when the process starts; the rest of the environment is not needed.
  const env = { UV_THREADPOOL_SIZE: String(poolSize) }
  const child = fork(program, [String(settings.cost)], { env, execArgv: [] })
  try {
    const { port } = await new Promise<LoginServerMessage>((resolve, reject) => {
      child.once('message', (message) => resolve(message as LoginServerMessage))
      child.once('exit', (code) => reject(new Error(`The login server ended with code ${code}.`)))
    })
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).json()
    const server: MeasuredServer = {
      login: async () => get('/login'),
      others: { whoami: async () => get('/whoami'), file: async () => get('/file') },
    }
    await whileLoggingIn(server, { ...settings, people: 1, seconds: 0.3 })
    await get('/delay')
    const { logins, seconds, times } = await whileLoggingIn(server, settings)
    return {
      poolSize,
      loginsPerSecond: logins / seconds,
      whoamiP99Ms: quantile(times['whoami'] ?? [0], 0.99),
      fileP99Ms: quantile(times['file'] ?? [0], 0.99),
      eventLoopDelayP99Ms: Number(await get('/delay')),
    }
  } finally {
    child.kill()
  }
}
