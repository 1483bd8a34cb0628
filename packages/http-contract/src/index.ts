export {
  cursorAfter,
  deleteMeRequest,
  emailSchema,
  newPostRequest,
  nicknameSchema,
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
export type { OpenApiDocument } from './openapi/document.js'
export { openApiDocument } from './openapi/openapi.js'
export { answerHeaders } from './operations/answer-headers.js'
export type { AnswerHeader, AnswerHeaderText } from './operations/answer-headers.js'
export type { Answer } from './operations/answer.js'
export { exampleAccount } from './operations/examples.js'
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
export { Problem, PROBLEM_MEDIA_TYPE } from './problem.js'
export type { FieldError, ProblemCode } from './problem.js'
export { responses } from './responses.js'
export type { ResponseName } from './responses.js'
