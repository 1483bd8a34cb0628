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
  sameOrigin,
  securityHeaders,
  type TraceListener,
} from '@session-vs-jwt/http-kit'
import Koa from 'koa'
import { authenticated } from './authenticated.js'
import type { SessionConfig } from './config.js'
import { endDevice, listDevices } from './handlers/devices.js'
import { login } from './handlers/login.js'
import { logout, logoutAll } from './handlers/logout.js'
import { register } from './handlers/register.js'
import { renewAccess, rotateRefresh } from './handlers/token.js'
import type { SessionPorts } from './ports.js'
import { cookieAttributes, cookieName } from './session/cookie.js'
import { adaptKoaSession } from './session/koa-session.js'
import type { RandomBytes } from './session/session-id.js'
import type { SessionSettings } from './session/settings.js'
import { useStrictCookies } from './session/strict-cookies.js'

export interface SessionAppDeps {
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

type SessionApp = Koa<KitState, { ports: SessionPorts }>

/** How a client without a session is told where to get one (draft-broyer-http-cookie-auth). */
const challenge = (cookie: string): string =>
  `Cookie realm="session-server", form-action="${paths.login}", cookie-name="${cookie}"`

/** The session server. It neither connects nor listens. */
export function createApp(deps: SessionAppDeps): SessionApp {
  const { config, ports, logger, onFinished } = deps
  const app: SessionApp = new Koa()
  const settings = { ...deps, koaSession: adaptKoaSession(app, config) }
  useStrictCookies(app, cookieAttributes(config))
  app.on('error', logAppErrors(logger))
  // What every request passes, in this order.
  app.use(requestTrace({ ports, serverTiming: config.serverTiming, onFinished }))
  app.use(problemDetails(logger, challenge(cookieName(config))))
  app.use(securityHeaders(config.https))
  app.use(noStore)
  app.use(crossOrigin(config.allowedOrigins))
  app.use(sameOrigin(config.allowedOrigins, config.https))
  const router = routes(settings, deps)
  app.use(exactRoutes(router))
  app.use(router.allowedMethods())
  return app
}

/** Every route. Public ones load no session, so they cost no lookup. */
function routes(
  settings: SessionSettings,
  { clock, newId, draining, logger }: SessionAppDeps,
): Router<KitState, { ports: SessionPorts }> {
  const router = new Router<KitState, { ports: SessionPorts }>({ sensitive: true, strict: true })
  const guard = authenticated(settings)
  const admit = admission()

  router.post(paths.register, register(settings, admit))
  router.post(paths.login, login(settings, admit))
  router.post(paths.renewAccess, guard, renewAccess(settings))
  router.post(paths.rotateRefresh, guard, rotateRefresh(settings))
  router.post(paths.logout, logout(settings))
  router.post(paths.logoutAll, guard, logoutAll(settings))
  router.get(paths.devices, guard, listDevices(clock))
  router.delete(paths.device, guard, endDevice)
  router.get(paths.live, live)
  router.get(paths.ready, ready(draining, logger))
  router.get(paths.openapi, openApi('session'))
  resourceRoutes(router, [guard], { clock, newId, admit, devicesOf: ({ ports }) => ports.sessions })
  return router
}
