import { BALANCER_ANSWERS, type BalancerAnswer } from './balancer-answers.js'

/** Instances of one server that are one to their clients. */
export interface BalancedService {
  readonly name: string
  /** On 127.0.0.1: where clients ask. */
  readonly port: number
  readonly instances: readonly BalancedInstance[]
  /** Keeps a client that keeps cookies at the instance that answered it first. */
  readonly sticky: boolean
}

export interface BalancedInstance {
  /** Among all services, only this one. */
  readonly name: string
  /** `host:port`. */
  readonly address: string
}

/** What the balancer's own questions for health call themselves. */
export const CHECK_USER_AGENT = 'workbench-balancer'

/** The header of an answer that names the instance it came from. */
export const SERVED_BY_HEADER = 'X-Served-By'

/** The cookie that remembers the instance, with `sticky`. */
const STICKY_COOKIE = 'WORKBENCH_INSTANCE'

/** The names of the service's two groups of instances; see `backends`. */
export function backendsOf(service: string): readonly [ready: string, live: string] {
  return [service, `${service}-unready`]
}

/** The configuration of HAProxy, in its own format. */
export function balancerConfig(
  services: readonly BalancedService[],
  { adminSocket }: { readonly adminSocket: string },
): string {
  const sections = [global(adminSocket), DEFAULTS, ...services.flatMap(sectionsOf)]
  return `${sections.join('\n\n')}\n`
}

function global(adminSocket: string): string {
  return `global
  # One thread: what the admin socket is told holds for every request that comes after.
  nbthread 1
  # Else a second balancer could share the port, and clients would meet either.
  noreuseport
  maxconn 4096
  # Requests with headers of 16 KiB reach the servers, which refuse what is over.
  tune.bufsize 32768
  stats socket ${quoted(adminSocket)} mode 600 level admin
  # Asked to stop, it takes no more connections and finishes what it has, for this long.
  hard-stop-after 8s`
}

const DEFAULTS = `defaults
  mode http
  balance roundrobin
  # A connection to an instance carries one request: none is sent on one that is being closed.
  option http-server-close
  # An instance that takes no connection has not seen the request: another one gets it. One that dies
  # with it may have done it: only what changes nothing is asked again (RFC 9110, section 9.2.2).
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response
  timeout connect 1s
  timeout client 10s
  timeout server 15s
  timeout http-request 5s
  timeout http-keep-alive 60s
  timeout queue 1s
  timeout check 2s
${BALANCER_ANSWERS.map(httpError).join('\n')}`

function sectionsOf(service: BalancedService): string[] {
  const [ready, live] = backendsOf(service.name)
  const frontend = `frontend ${service.name}-clients
  bind 127.0.0.1:${service.port}
  http-request disable-l7-retry unless METH_GET
  # If no instance is ready, a store that they share is away. Each still answers what needs no store.
  use_backend ${live} if { nbsrv(${ready}) eq 0 }
  default_backend ${ready}`
  return [
    frontend,
    backend(ready, '/health/ready', service),
    backend(live, '/health/live', service),
  ]
}

/**
 * An instance that comes back gets its share little by little: a process that has just started is slower
 * than the others.
 */
function backend(name: string, healthPath: string, service: BalancedService): string {
  const { instances, sticky } = service
  const cookie = `cookie ${STICKY_COOKIE} insert indirect nocache httponly attr SameSite=Lax`
  return [
    `backend ${name}`,
    '  option httpchk',
    `  http-check send meth GET uri ${healthPath} ver HTTP/1.1 hdr Host localhost hdr User-Agent ${CHECK_USER_AGENT}`,
    '  http-check expect status 200',
    `  http-response set-header ${SERVED_BY_HEADER} %s`,
    ...(sticky ? [`  ${cookie}`] : []),
    '  default-server check inter 1s fastinter 250ms downinter 250ms fall 2 rise 1 slowstart 2s',
    ...instances.map(
      (it) => `  server ${it.name} ${it.address}${sticky ? ` cookie ${it.name}` : ''}`,
    ),
  ].join('\n')
}

function httpError({ status, contentType, headers, body }: BalancerAnswer): string {
  const fields = Object.entries(headers).map(([name, value]) => ` hdr ${name} ${quoted(value)}`)
  return `  http-error status ${status} content-type ${contentType} string ${quoted(body)}${fields.join('')}`
}

/** In single quotes nothing has a meaning; one inside is written between two such strings. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
