export { admission } from './admission.js'
export type { Admission } from './admission.js'
export { logAppErrors } from './app-errors.js'
export { parseBasic, parseBearer } from './authorization-header.js'
export type { BasicCredentials } from './authorization-header.js'
export { crossOrigin, noStore, sameOrigin, securityHeaders } from './browser-headers.js'
export { systemClock } from './clock.js'
export type { Clock } from './clock.js'
export { exactRoutes } from './exact-routes.js'
export { live, ready } from './health.js'
export type { Dependency } from './health.js'
export { systemNewId } from './new-id.js'
export type { NewId } from './new-id.js'
export { openApi } from './openapi.js'
export { parseOrigin } from './origin.js'
export { problemDetails } from './problem-details.js'
export { checked, MAX_BODY_BYTES, readJson } from './read-json.js'
export { identityOf, userAgentOf } from './request-context.js'
export type {
  Identity,
  RequestContext,
  RequestMiddleware,
  RequestPorts,
  RequestState,
} from './request-context.js'
export { resourceRoutes } from './resources/routes.js'
export { userView } from './resources/users.js'
