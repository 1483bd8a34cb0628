import { Router } from '@koa/router'
import {
  admission,
  type Clock,
  crossOrigin,
  exactRoutes,
  type KitState,
  live,
  logAppErrors,
  type Logger,
  type NewId,
  noStore,
  openApi,
  paths,
  type PortsFor,
  problemDetails,
  ready,
  requestTrace,
  resourceRoutes,
  securityHeaders,
  type TraceListener,
} from '@session-vs-jwt/http-kit'
import Koa from 'koa'
import type { JwtConfig } from './config.js'
import { endDevice, listDevices } from './handlers/devices.js'
import { jwks } from './handlers/jwks.js'
import { login } from './handlers/login.js'
import { logout, logoutAll } from './handlers/logout.js'
import { register } from './handlers/register.js'
import { renewAccess, rotateRefresh } from './handlers/token.js'
import type { JwtPorts } from './ports.js'
import { checkRevocation, requireAccessToken } from './require-access-token.js'

export interface JwtAppDeps {
  readonly config: JwtConfig
  readonly ports: PortsFor<JwtPorts>
  readonly logger: Logger
  readonly clock: Clock
  readonly newId: NewId
  /** Whether the server is going down and wants no new requests. */
  readonly draining: () => boolean
  readonly onFinished?: TraceListener | undefined
}

type JwtApp = Koa<KitState, { ports: JwtPorts }>

/** How a client without a token is told what to send (RFC 6750, section 3). */
const CHALLENGE = 'Bearer realm="jwt-server"'

/** The JWT server. It neither connects nor listens. */
export function createApp(deps: JwtAppDeps): JwtApp {
  const { config, ports, logger, onFinished } = deps
  const app: JwtApp = new Koa()
  app.on('error', logAppErrors(logger))
  // What every request passes, in this order.
  app.use(requestTrace({ ports, serverTiming: config.serverTiming, onFinished }))
  app.use(problemDetails(logger, CHALLENGE))
  app.use(securityHeaders(config.https))
  app.use(noStore)
  app.use(crossOrigin(config.allowedOrigins))
  const router = routes(deps)
  app.use(exactRoutes(router))
  app.use(router.allowedMethods())
  return app
}

/** Every route. Public ones verify nothing, and pay for no lookup. */
function routes(deps: JwtAppDeps): Router<KitState, { ports: JwtPorts }> {
  const { config, clock, newId, draining, logger } = deps
  const router = new Router<KitState, { ports: JwtPorts }>({ sensitive: true, strict: true })
  const token = requireAccessToken(clock)
  const revocation = checkRevocation(config.revocation)

  const admit = admission()

  router.post(paths.register, register(deps, admit))
  router.post(paths.login, login(deps, admit))
  router.post(paths.renewAccess, renewAccess(deps))
  router.post(paths.rotateRefresh, rotateRefresh(deps))
  router.post(paths.logout, logout(clock))
  router.get(paths.jwks, jwks(config.accessKeys))
  router.get(paths.live, live)
  router.get(paths.ready, ready(draining, logger))
  router.get(paths.openapi, openApi('jwt'))

  router.post(paths.logoutAll, token, revocation, logoutAll)
  router.get(paths.devices, token, revocation, listDevices(clock))
  router.delete(paths.device, token, revocation, endDevice)
  resourceRoutes(router, [token, revocation], {
    clock,
    newId,
    admit,
    devicesOf: ({ ports }) => ports.families,
    // The client has to throw its tokens away itself.
    clearCredential: () => undefined,
  })
  return router
}
