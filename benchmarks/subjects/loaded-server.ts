import type { Opened } from '../runner/scenario.js'
import type { StartedServer } from './started-server.js'

export interface LoadedOptions<Prepared> {
  readonly start: () => Promise<StartedServer>
  /** Gets ready what the measurements need, on the server that was started. */
  readonly prepare: (server: StartedServer) => Promise<Prepared>
  readonly measure: (
    server: StartedServer,
    prepared: Prepared,
    ...given: Parameters<Opened['measure']>
  ) => ReturnType<Opened['measure']>
}

/** Starts a server and gets it ready; if that fails, nothing is left running. */
export async function openServer<Prepared>(options: LoadedOptions<Prepared>): Promise<Opened> {
  const server = await options.start()
  try {
    const prepared = await server.whileAlive(options.prepare(server))
    return {
      measure: (condition) =>
        server.whileAlive(Promise.resolve(options.measure(server, prepared, condition))),
      close: () => server.stop(),
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}
