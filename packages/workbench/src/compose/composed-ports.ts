import { type Ports, readPorts } from '../ports.js'
import { WorkbenchError } from '../workbench-error.js'

/** The ports that docker-compose.yml publishes. */
export interface ComposedPorts extends Ports {
  /** Those of the balancer, with the profile `scale`. */
  readonly scaled?: { readonly session: number; readonly jwt: number }
}

/** @throws {WorkbenchError} naming what is no port, or the port of another */
export function readComposedPorts(
  env: Readonly<Record<string, string | undefined>>,
  scale: boolean,
): ComposedPorts {
  const ports = readPorts(env)
  if (!scale) return ports
  const scaled = {
    session: readPort(env, 'SCALED_SESSION_PORT', 3003),
    jwt: readPort(env, 'SCALED_JWT_PORT', 3004),
  }
  const all = portsOf({ ...ports, scaled })
  const twice = all.find(({ port }, index) => all.findIndex((it) => it.port === port) < index)
  if (twice) throw new WorkbenchError(`${twice.variable} is the port of another: ${twice.port}.`, 2)
  return { ...ports, scaled }
}

/** Each with the variable that sets it. */
export function portsOf(ports: ComposedPorts): { variable: string; port: number }[] {
  const { page, session, jwt, scaled } = ports
  return [
    { variable: 'WORKBENCH_PORT', port: page },
    { variable: 'SESSION_PORT', port: session },
    { variable: 'JWT_PORT', port: jwt },
    ...(scaled
      ? [
          { variable: 'SCALED_SESSION_PORT', port: scaled.session },
          { variable: 'SCALED_JWT_PORT', port: scaled.jwt },
        ]
      : []),
  ]
}

function readPort(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  fallback: number,
): number {
  const text = env[variable]?.trim() || String(fallback)
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port > 0 && port <= 65_535) return port
  const must = 'It must be a number from 1 to 65535.'
  throw new WorkbenchError(`${variable} is not a port: "${text}". ${must}`, 2)
}
