export { availableStrategy } from './available-strategy.js'
export { readBaseUrl } from './client/base-url.js'
export { BearerClient } from './client/bearer-client.js'
export type { Tokens } from './client/bearer-client.js'
export { ContractClient } from './client/contract-client.js'
export type {
  ClientOptions,
  ContractRequest,
  CredentialUse,
  Registration,
} from './client/contract-client.js'
export { CookieClient } from './client/cookie-client.js'
export { CookieJar } from './client/cookie-jar.js'
export { all, hasBody, hasStatus, isRefused } from './client/expectation.js'
export type { Expectation } from './client/expectation.js'
export { describeFailure, describeSilence, failureLines } from './client/failure.js'
export type { Failure } from './client/failure.js'
export { exchange, jsonOf, NoAnswer } from './client/http-exchange.js'
export type { Exchange, HttpRequest } from './client/http-exchange.js'
export { newAccount } from './client/new-account.js'
export { readServerTiming } from './client/server-timing.js'
export type { Costs } from './client/server-timing.js'
export { interruption, Interrupted } from './interruption.js'
export { newCommand } from './commands/command.js'
export type { CommandText } from './commands/command.js'
export { runCommand } from './commands/run-command.js'
export { endpoints, expectedLookups } from './lookups/expected-lookups.js'
export type { EndpointId, Lookups } from './lookups/expected-lookups.js'
export { Target } from './lookups/load-device.js'
export { lookupsOf, measure } from './lookups/measure.js'
export type { TracedRequest, Watched } from './lookups/measure.js'
export { mismatch } from './lookups/mismatch.js'
export { Account, LOGIN_FAILURES, statusOf, steps } from './lookups/steps.js'
export type { Step } from './lookups/steps.js'
export { StoreCounters } from './lookups/store-counters.js'
export { repositoryFolder, workbenchFolder } from './folders.js'
export type { LabCommand } from './lab/command.js'
export type { LabState } from './lab/lab.js'
export type { RunningRecord } from './running-record.js'
export type { LatestResult } from './site/latest-result.js'
export type { StoredRecord } from './site/stored-state.js'
export { migrate, schema } from './schema.js'
export { rotateSecrets, serverSecrets } from './secrets/secret-ring.js'
export type { ServerSecrets } from './secrets/secret-ring.js'
export { JWT_ALGORITHMS } from './secrets/signing-key.js'
export type { JwtAlgorithm } from './secrets/signing-key.js'
export { RunningProgram } from './servers/running-program.js'
export type { ProgramCommand, ServerExit } from './servers/running-program.js'
export { rollingRestart } from './rolling-restart.js'
export type { ServerGroup } from './servers/server-group.js'
export { balance, startInstances } from './servers/start-servers.js'
export { RunningServer } from './servers/running-server.js'
export type { ServerCommand } from './servers/running-server.js'
export { machineEnvironment, serverEnvironment } from './servers/server-environment.js'
export type { ServerSettings } from './servers/server-environment.js'
export { SERVER_NAMES, serverProgram } from './servers/server-program.js'
export {
  jwtStrategies,
  sessionStrategies,
  strategies,
  strategiesOf,
  strategyById,
} from './strategies.js'
export type {
  JwtStrategyId,
  Promises,
  ServerKind,
  SessionStrategyId,
  Strategy,
  StrategyId,
} from './strategy.js'
export { StopStack } from './stop-stack.js'
export type { Stoppable } from './stop-stack.js'
export { WorkbenchError } from './workbench-error.js'
