import { Router } from '@koa/router'
import type { Logger } from '@session-vs-jwt/server-process'
import {
  admission,
  type Clock,
  crossOrigin,
  exactRoutes,
  live,
  logAppErrors,
  type NewId,
  noStore,
  openApi,
  problemDetails,
  ready,
  type RequestState,
  resourceRoutes,
  securityHeaders,
} from '@session-vs-jwt/http-edge'
import { paths } from '@session-vs-jwt/http-contract'
import { type PortsFor, requestTrace, type TraceListener } from '@session-vs-jwt/request-trace'
import Koa from 'koa'
import { authenticated } from './authenticated.js'
import type { JwtConfig } from './config.js'
import { endDevice, listDevices } from './handlers/devices.js'
import { jwks } from './handlers/jwks.js'
import { login } from './handlers/login.js'
import { logout, logoutAll } from './handlers/logout.js'
import { register } from './handlers/register.js'
import { renewAccess, rotateRefresh } from './handlers/token.js'
import type { JwtPorts } from './ports.js'
import { CHALLENGE } from './tokens/token-errors.js'

export interface AppDeps {
  readonly config: JwtConfig
  readonly ports: PortsFor<JwtPorts>
  readonly logger: Logger
  readonly clock: Clock
  readonly newId: NewId
  /** Whether the server is going down and wants no new requests. */
  readonly draining: () => boolean
  readonly onFinished?: TraceListener | undefined
}

type App = Koa<RequestState, { ports: JwtPorts }>
type AppRouter = Router<RequestState, { ports: JwtPorts }>

/** The JWT server. It neither connects nor listens. */
export function createApp(deps: AppDeps): App {
  const { config, ports, logger, onFinished } = deps
  const app: App = new Koa()
  const router = routes(deps)
  app.on('error', logAppErrors(logger))
  // Every request passes these stages, in this order.
  app.use(requestTrace({ ports, serverTiming: config.serverTiming, onFinished }))
  app.use(problemDetails(logger, CHALLENGE))
  app.use(securityHeaders(config.https))
  app.use(noStore)
  app.use(crossOrigin(config.allowedOrigins))
  app.use(exactRoutes(router))
  app.use(router.allowedMethods())
  return app
}

/** Every route. Those without `guard` are public, and cost no lookup. */
function routes(deps: AppDeps): AppRouter {
  const { config, clock, newId, draining, logger } = deps
  const router: AppRouter = new Router({ sensitive: true, strict: true })
  const admit = admission()
  const guard = authenticated(deps)

  router.post(paths.register, register(deps, admit))
  router.post(paths.login, login(deps, admit))
  router.post(paths.renewAccess, renewAccess(deps))
  router.post(paths.rotateRefresh, rotateRefresh(deps))
  router.post(paths.logout, logout(deps))
  router.post(paths.logoutAll, guard, logoutAll)

  router.get(paths.devices, guard, listDevices(clock))
  router.delete(paths.device, guard, endDevice)
  const devicesOf = ({ ports: { families } }: { ports: JwtPorts }) => families
  // No answer can take a token back: the client has to throw it away.
  const clearCredential = () => undefined
  resourceRoutes(router, [guard], { clock, newId, admit, devicesOf, clearCredential })

  router.get(paths.jwks, jwks(config.accessKeys))
  router.get(paths.live, live)
  router.get(paths.ready, ready(draining, logger))
  router.get(paths.openapi, openApi('jwt'))
  return router
}
