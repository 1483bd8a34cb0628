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
import type { SessionConfig } from './config.js'
import { endDevice, listDevices } from './handlers/devices.js'
import { login } from './handlers/login.js'
import { logout, logoutAll } from './handlers/logout.js'
import { register } from './handlers/register.js'
import { renewAccess, rotateRefresh } from './handlers/token.js'
import type { SessionPorts } from './ports.js'
import { requireSession } from './require-session.js'
import { Sessions } from './session.js'
import type { RandomBytes } from './session-id.js'

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
  const sessions = new Sessions(app, deps)
  app.on('error', logAppErrors(logger))
  // What every request passes, in this order.
  app.use(requestTrace({ ports, serverTiming: config.serverTiming, onFinished }))
  app.use(problemDetails(logger, challenge(sessions.cookieName)))
  app.use(securityHeaders(config.https))
  app.use(noStore)
  app.use(crossOrigin(config.allowedOrigins))
  app.use(sameOrigin(config.allowedOrigins, config.https))
  const router = routes(sessions, deps)
  app.use(exactRoutes(router))
  app.use(router.allowedMethods())
  return app
}

/** Every route. Public ones load no session, and pay for no lookup. */
function routes(
  sessions: Sessions,
  { clock, newId, draining, logger }: SessionAppDeps,
): Router<KitState, { ports: SessionPorts }> {
  const router = new Router<KitState, { ports: SessionPorts }>({ sensitive: true, strict: true })
  const load = sessions.load
  const session = requireSession(sessions)

  const admit = admission()

  router.post(paths.register, register(sessions, clock, newId, admit))
  router.post(paths.login, login(sessions, admit))
  router.post(paths.logout, logout(sessions))
  router.get(paths.live, live)
  router.get(paths.ready, ready(draining, logger))
  router.get(paths.openapi, openApi('session'))

  router.post(paths.renewAccess, load, session, renewAccess(sessions))
  router.post(paths.rotateRefresh, load, session, rotateRefresh(sessions))
  router.post(paths.logoutAll, load, session, logoutAll(sessions))
  router.get(paths.devices, load, session, listDevices(clock))
  router.delete(paths.device, load, session, endDevice)
  resourceRoutes(router, [load, session], {
    clock,
    newId,
    admit,
    devicesOf: ({ ports }) => ports.sessions,
    clearCredential: (ctx) => sessions.forget(ctx),
  })
  return router
}
