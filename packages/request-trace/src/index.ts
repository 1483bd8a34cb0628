export { CALL_KINDS, portsWhenUsed, requestTrace, RequestTrace } from './request-trace.js'
export type {
  CallKind,
  PortMakers,
  PortsFor,
  TracedCall,
  TracedExchange,
  TraceListener,
} from './request-trace.js'
export {
  describeCommand,
  describeSecretCall,
  describeStatement,
  traceCalls,
} from './trace-calls.js'
export { traceEvents } from './trace-events.js'
export type { TraceDetail, TraceEvent } from './trace-events.js'
