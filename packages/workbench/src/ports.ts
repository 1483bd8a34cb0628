import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkbenchError } from './workbench-error.js'

/** The ports of the front page and of the two servers. */
export interface Ports {
  readonly page: number
  readonly session: number
  readonly jwt: number
}

interface PortVariable {
  readonly of: keyof Ports
  readonly variable: string
  readonly fallback: number
}

const PORT_VARIABLES: readonly PortVariable[] = [
  { of: 'page', variable: 'WORKBENCH_PORT', fallback: 3000 },
  { of: 'session', variable: 'SESSION_PORT', fallback: 3001 },
  { of: 'jwt', variable: 'JWT_PORT', fallback: 3002 },
]

/** @throws {WorkbenchError} naming every variable that holds no port, or the port of another */
export function readPorts(env: Readonly<Record<string, string | undefined>>): Ports {
  const problems: string[] = []
  const seen = new Map<number, string>()
  const read = ({ variable, fallback }: PortVariable): number => {
    const text = env[variable]?.trim() || String(fallback)
    const port = Number(text)
    const other = seen.get(port)
    if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
      problems.push(`${variable} is not a port: "${text}". It must be a number from 1 to 65535.`)
    } else if (other) {
      problems.push(`${variable} and ${other} are both ${port}. Give each a port of its own.`)
    }
    seen.set(port, variable)
    return port
  }
  const ports = Object.fromEntries(PORT_VARIABLES.map((it) => [it.of, read(it)]))
  if (problems.length > 0) throw new WorkbenchError(problems.join('\n'), 2)
  return ports as unknown as Ports
}

/** A port that cannot be had, and how to use another one. */
export interface TakenPort {
  readonly port: number
  readonly variable: string
  readonly message: string
}

/** Those of `ports` that this machine does not give. */
export async function takenPorts(ports: Ports): Promise<TakenPort[]> {
  const given = PORT_VARIABLES.map(({ of, variable }) => ({ variable, port: ports[of] }))
  return takenOf(given, 'npm start')
}

/** Those of `ports` that this machine does not give, with the variable of each; for a `command`. */
export async function takenOf(
  ports: readonly { readonly variable: string; readonly port: number }[],
  command: string,
): Promise<TakenPort[]> {
  const looks = ports.map(async ({ variable, port }) => {
    const why = await whyTaken(port)
    const message = `Port ${port} ${why}. Choose another one: ${variable}=${otherPort(port)} ${command}`
    return why ? [{ port, variable, message }] : []
  })
  return (await Promise.all(looks)).flat()
}

function otherPort(port: number): number {
  return port < 65_000 ? port + 100 : port - 100
}

/** `localhost` is both addresses: whoever has one of them would get half of the requests. */
async function whyTaken(port: number): Promise<string | undefined> {
  const why = await whyRefused(port)
  if (why !== IN_USE) return why
  // Another start may be checking the same port right now, so that each finds it in use because of the other.
  await sleep(Math.random() * LOOK_AGAIN_WITHIN_MS)
  return whyRefused(port)
}

const IN_USE = 'is in use'
const LOOK_AGAIN_WITHIN_MS = 300

async function whyRefused(port: number): Promise<string | undefined> {
  const codes = [await listenError(port, '127.0.0.1'), await listenError(port, '::1')]
  if (codes.includes('EADDRINUSE')) return IN_USE
  if (codes[0] === 'EACCES') return 'may not be used by this user'
  return undefined
}

function listenError(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}
