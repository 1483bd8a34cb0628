export { admission } from './admission.js'
export type { Admission } from './admission.js'
export { logAppErrors } from './app-errors.js'
export { parseBasic, parseBearer } from './authorization-header.js'
export type { BasicCredentials } from './authorization-header.js'
export { crossOrigin, noStore, sameOrigin, securityHeaders } from './browser-headers.js'
export { readSecretFiles } from './secret-files.js'
export { ConfigError, EnvReader, MAKE_SECRET } from './config.js'
export type { ConfigProblem, Env, Setting } from './config.js'
export type { Answer } from './operations/answer.js'
export { answerHeaders } from './operations/answer-headers.js'
export type { AnswerHeader, AnswerHeaderText } from './operations/answer-headers.js'
export {
  cursorAfter,
  deleteMeRequest,
  emailSchema,
  newPostRequest,
  pageQuery,
  parameters,
  paths,
  registerRequest,
  requests,
  textSchema,
  updateMeRequest,
  uuidSchema,
} from './contract.js'
export type {
  NewPostRequest,
  PageQuery,
  ParameterName,
  RegisterRequest,
  RequestName,
  UpdateMeRequest,
} from './contract.js'
export { exampleAccount } from './operations/examples.js'
export { readEdgeConfig } from './edge-config.js'
export type { EdgeConfig } from './edge-config.js'
export { exactRoutes } from './exact-routes.js'
export { live, ready } from './health.js'
export type { Dependency } from './health.js'
export { identityOf, systemClock, systemNewId, userAgentOf } from './kit-context.js'
export type {
  Clock,
  Identity,
  KitContext,
  KitMiddleware,
  KitPorts,
  KitState,
  NewId,
} from './kit-context.js'
export { LineWriter } from './line-writer.js'
export { listen } from './listen.js'
export type { ListenOptions, RunningServer } from './listen.js'
export { createLogger } from './logger.js'
export type { Logger } from './logger.js'
export { parseOrigin } from './origin.js'
export { openApi, openApiDocument } from './openapi/openapi.js'
export type { OpenApiDocument } from './openapi/document.js'
export { ALWAYS_POSSIBLE, problemsOf } from './operations/operation.js'
export type {
  Operation,
  OperationId,
  OperationParameter,
  OperationTag,
  RequestExample,
  RequiredCredential,
  ServerKind,
} from './operations/operation.js'
export { operations } from './operations/operations.js'
export { Problem, PROBLEM_MEDIA_TYPE, problemDetails } from './problem-details.js'
export type { FieldError, ProblemCode } from './problem-details.js'
export { checked, MAX_BODY_BYTES, readJson } from './read-json.js'
export { CALL_KINDS, portsWhenUsed, requestTrace, RequestTrace } from './request-trace.js'
export type {
  CallKind,
  PortMakers,
  PortsFor,
  TracedCall,
  TracedExchange,
  TraceListener,
} from './request-trace.js'
export { responses } from './responses.js'
export type { ResponseName } from './responses.js'
export { resourceRoutes } from './resources/routes.js'
export { userView } from './resources/users.js'
export {
  describeCommand,
  describeSecretCall,
  describeStatement,
  traceCalls,
} from './trace-calls.js'
export { traceEvents } from './trace-events.js'
export type { TraceDetail, TraceEvent } from './trace-events.js'
export { parentClock, parentTraceListener, runMain, serve } from './serve.js'
export type { ComposedServer, ParentMessage, ServerMessage, Service } from './serve.js'
export { connectSharedPorts } from './shared-ports.js'
export { fromStoredJson, momentSchema } from './stored-json.js'
export type { SharedPorts, StoreUses } from './shared-ports.js'
