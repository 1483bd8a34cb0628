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
  sameOrigin,
  securityHeaders,
} from '@session-vs-jwt/http-edge'
import { paths } from '@session-vs-jwt/http-contract'
import { type PortsFor, requestTrace, type TraceListener } from '@session-vs-jwt/request-trace'
import Koa from 'koa'
import { authenticated } from './authenticated.js'
import type { SessionConfig } from './config.js'
import { endDevice, listDevices } from './handlers/devices.js'
import { login } from './handlers/login.js'
import { logout, logoutAll } from './handlers/logout.js'
import { register } from './handlers/register.js'
import { renewAccess, rotateRefresh } from './handlers/token.js'
import type { SessionContext, SessionPorts } from './ports.js'
import { challengeFor, clearCookie, cookieAttributes, cookieName } from './session/cookie.js'
import { adaptKoaSession } from './session/koa-session.js'
import type { RandomBytes } from './session/session-id.js'
import type { SessionSettings } from './session/settings.js'
import { useStrictCookies } from './session/strict-cookies.js'

export interface AppDeps {
  readonly config: SessionConfig
  readonly ports: PortsFor<SessionPorts>
  readonly logger: Logger
  readonly clock: Clock
  readonly newId: NewId
  readonly random: RandomBytes
  /** Whether the server is going down and wants no new requests. */
  readonly draining: () => boolean
  readonly onFinished?: TraceListener | undefined
}

type App = Koa<RequestState, { ports: SessionPorts }>
type AppRouter = Router<RequestState, { ports: SessionPorts }>

/** The session server. It neither connects nor listens. */
export function createApp(deps: AppDeps): App {
  const { config, ports, logger, onFinished } = deps
  const app: App = new Koa()
  useStrictCookies(app, cookieAttributes(config))
  const router = routes({ ...deps, koaSession: adaptKoaSession(app, config) })
  app.on('error', logAppErrors(logger))
  // Every request passes these stages, in this order.
  app.use(requestTrace({ ports, serverTiming: config.serverTiming, onFinished }))
  app.use(problemDetails(logger, challengeFor(cookieName(config))))
  app.use(securityHeaders(config.https))
  app.use(noStore)
  app.use(crossOrigin(config.allowedOrigins))
  app.use(sameOrigin(config.allowedOrigins, config.https))
  app.use(exactRoutes(router))
  app.use(router.allowedMethods())
  return app
}

/** Every route. Those without `guard` are public, and cost no lookup. */
function routes(deps: AppDeps & SessionSettings): AppRouter {
  const { config, clock, newId, draining, logger } = deps
  const router: AppRouter = new Router({ sensitive: true, strict: true })
  const admit = admission()
  const guard = authenticated(deps)

  router.post(paths.register, register(deps, admit))
  router.post(paths.login, login(deps, admit))
  router.post(paths.renewAccess, guard, renewAccess(deps))
  router.post(paths.rotateRefresh, guard, rotateRefresh(deps))
  router.post(paths.logout, logout(deps))
  router.post(paths.logoutAll, guard, logoutAll(deps))

  router.get(paths.devices, guard, listDevices(clock))
  router.delete(paths.device, guard, endDevice)
  const devicesOf = ({ ports: { sessions } }: { ports: SessionPorts }) => sessions
  const clearCredential = (ctx: SessionContext) => clearCookie(ctx, config)
  resourceRoutes(router, [guard], { clock, newId, admit, devicesOf, clearCredential })

  router.get(paths.live, live)
  router.get(paths.ready, ready(draining, logger))
  router.get(paths.openapi, openApi('session'))
  return router
}
